import type { JournaledChange } from "@/domain/changeJournal";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accountWithBackup, currentVersion, keyEntries } from "./changesRig";
import { copyOf, openDevice, PASSWORD, valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createReplace } from "./replace";
import { deleteBackupVersion } from "./roomKeysApi";
import { writeAccountData } from "./secretStorage";
import { createSetUp } from "./setUp";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

const neverAsk = { onStep: () => undefined, askPassword: () => Promise.resolve(null) };

describe("set-up beside a change that was not finished", () => {
  test.each<JournaledChange>([
    "replace_backup",
    "change_recovery_key",
    "delete_key_storage",
    "reset_identity",
  ])("%s: neither plans nor begins, and changes nothing", async (change) => {
    const account = await accountWithBackup(server, 0);
    const { context } = account.device;
    valueOf(await deleteBackupVersion(context, account.version));
    valueOf(await context.journal.write({ change, step: "secret", startedAt: 1, facts: {} }));
    const setUp = createSetUp(context);
    const refused = { ok: false, error: { kind: "change_unfinished", change } };
    server.startRecord();
    expect(await setUp.plan()).toEqual(refused);
    expect(await setUp.run(copyOf(account.key), neverAsk)).toEqual(refused);
    expect(server.seen.filter(({ method }) => method === "PUT" || method === "DELETE")).toEqual([]);
    expect(server.seen.filter(({ path }) => path === "/room_keys/version")).toEqual([]);
    valueOf(await context.journal.clear());
    expect(valueOf(await setUp.plan())).toEqual({ kind: "existing_recovery_key" });
    expect((await setUp.run(copyOf(account.key), neverAsk)).ok).toBe(true);
    account.device.stop();
  });

  test("may begin where the change can go nowhere: secret storage has no usable key", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const replace = createReplace(context, keyEntries(context));
    const running = replace.run(copyOf(account.key), {
      confirmed: account.version,
      withoutOldKey: false,
      onStep: () => undefined,
      onUpload: () => {
        throw new Error("interrupted");
      },
    });
    await expect(running).rejects.toThrow("interrupted");
    valueOf(await writeAccountData(context, "m.secret_storage.default_key", { key: "nowhere" }));
    expect((await replace.undo(copyOf(account.key))).ok).toBe(false);
    const setUp = createSetUp(context);
    expect(valueOf(await setUp.plan())).toEqual({ kind: "new_recovery_key" });
    const key = setUp.generateRecoveryKey();
    const made = valueOf(await setUp.run(copyOf(key), neverAsk));
    expect(made.version).toBe(await currentVersion(context));
    account.device.stop();
  });

  test("is as before on a device without one", async () => {
    const device = await openDevice(server, await server.register(PASSWORD));
    expect(valueOf(await createSetUp(device.context).plan())).toEqual({ kind: "new_recovery_key" });
    device.stop();
  });
});
