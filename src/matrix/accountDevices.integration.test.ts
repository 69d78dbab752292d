import { afterAll, beforeAll, expect, test } from "vitest";
import { createAccountDevices, listOtherDevices } from "./accountDevices";
import { copyOf, openDevice, PASSWORD, valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createKeyBackup } from "./keyBackup";
import { createSetUp } from "./setUp";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

test("who else is signed in, and how far each can be relied on", async () => {
  const userId = await server.register(PASSWORD);
  const device = await openDevice(server, userId);
  const setUp = createSetUp(device.context);
  const key = setUp.generateRecoveryKey();
  const options = { onStep: () => undefined, askPassword: () => Promise.resolve(null) };
  valueOf(await setUp.run(copyOf(key), options));
  const standings = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      valueOf(await createAccountDevices(device.context).list()).map(
        ({ deviceId, standing }) => [deviceId, standing] as const,
      ),
    );

  // Registering signed a device in that has no keys.
  const before = await standings();
  expect(Object.values(before)).toEqual(["no_encryption"]);
  expect(before).not.toHaveProperty(device.context.user.deviceId);

  const other = await openDevice(server, userId);
  const { deviceId } = other.context.user;
  expect((await standings())[deviceId]).toBe("unverified");
  // The newcomer sees who could let it in, and relies on nobody before.
  const mine = device.context.user.deviceId;
  const seen = async (vouchedBy: "published" | "trusted") =>
    valueOf(await listOtherDevices(other.context, vouchedBy)).find((one) => one.deviceId === mine)
      ?.standing;
  expect([await seen("published"), await seen("trusted")]).toEqual(["verified", "unverified"]);
  valueOf(await createKeyBackup(other.context).unlock(copyOf(key)));
  expect([await seen("published"), await seen("trusted")]).toEqual(["verified", "verified"]);
  expect((await standings())[deviceId]).toBe("verified");

  other.stop();
  device.stop();
});

test("a list that cannot be read, or has a hole in it, is an error", async () => {
  const device = await openDevice(server, await server.register(PASSWORD));
  for (const [status, body, kind] of [
    [500, "{}", "server"],
    [200, "{}", "not_matrix"],
    [200, JSON.stringify({ devices: [{ display_name: "no id" }] }), "not_matrix"],
  ] as const) {
    const mend = server.fail({ matches: ({ path }) => path === "/devices", status, body });
    expect(await createAccountDevices(device.context).list()).toMatchObject({
      ok: false,
      error: { kind },
    });
    mend();
  }
  device.stop();
});
