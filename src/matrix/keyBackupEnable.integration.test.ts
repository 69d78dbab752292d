import { RustBackupManager } from "matrix-js-sdk/lib/rust-crypto/backup";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { accountWithBackup, keyEntries } from "./changesRig";
import { copyOf, valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { enableBackup } from "./keyBackupEnable";
import { createReplace } from "./replace";

/** An hour: an upload that waits for the SDK's own time does not begin before the test is over. */
const NEVER_MS = 3_600_000;
const setDelay = (maxBackupLoopStartDelayMillis: number) =>
  Object.assign(RustBackupManager, { maxBackupLoopStartDelayMillis });

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());
afterEach(() => setDelay(0));

test("the upload to a new backup begins at once, and only that one", async () => {
  const account = await accountWithBackup(server, 3);
  setDelay(NEVER_MS);
  const replace = createReplace(account.device.context, keyEntries(account.device.context));
  const seen: number[] = [];
  const proof = valueOf(
    await replace.run(copyOf(account.key), {
      confirmed: account.version,
      withoutOldKey: false,
      onStep: () => undefined,
      onUpload: ({ done, total }) => {
        expect(total).toBe(3);
        seen.push(done);
      },
    }),
  );
  expect(proof.count).toBe(3);
  expect(seen.at(-1)).toBe(3);
  expect(RustBackupManager.maxBackupLoopStartDelayMillis).toBe(NEVER_MS);
  account.device.stop();
});

test("looks that overlap leave the SDK's delay as it was", async () => {
  const account = await accountWithBackup(server, 0);
  const { context } = account.device;
  setDelay(NEVER_MS);
  await Promise.all([
    enableBackup(context, account.version),
    enableBackup(context, account.version),
  ]);
  expect(RustBackupManager.maxBackupLoopStartDelayMillis).toBe(NEVER_MS);
  account.device.stop();
});
