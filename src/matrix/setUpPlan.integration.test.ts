import { afterAll, beforeAll, expect, test } from "vitest";
import { openSetUpAccount } from "./accountRig";
import { openDevice, valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { BACKUP_SECRET, writeAccountData } from "./secretStorage";
import { createSetUp } from "./setUp";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

test("a backup that is there is planned for with what is known of the way into it", async () => {
  const { userId, device, version, keyId } = await openSetUpAccount(server);
  const other = await openDevice(server, userId);
  const plan = async () => valueOf(await createSetUp(other.context).plan());
  const found = { kind: "backup_exists", version } as const;
  expect(await plan()).toEqual({ ...found, recovery: "stored" });
  const pointer = "m.secret_storage.default_key";
  valueOf(await writeAccountData(device.context, pointer, {}));
  expect(await plan()).toEqual({ ...found, recovery: "no_key_named" });
  valueOf(await writeAccountData(device.context, pointer, { key: keyId }));
  valueOf(await writeAccountData(device.context, BACKUP_SECRET, {}));
  expect(await plan()).toEqual({ ...found, recovery: "not_stored" });
  device.stop();
  other.stop();
});
