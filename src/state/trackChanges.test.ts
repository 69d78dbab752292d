import { ok } from "@/domain/result";
import { FakeChanges } from "@/testing/fakeChanges";
import { keyOf } from "@/testing/fakeSetUp";
import { backupVersion } from "@/testing/facts";
import { expect, test } from "vitest";
import { trackChanges } from "./trackChanges";
import { createWorkTracker } from "./workTracker";

const KEY = keyOf(1);
const options = {
  confirmed: backupVersion("1"),
  withoutOldKey: false,
  onStep: () => undefined,
  onUpload: () => undefined,
};

async function isQuiet(tracker: ReturnType<typeof createWorkTracker>): Promise<boolean> {
  let quiet = false;
  void tracker.allQuiet().then(() => {
    quiet = true;
  });
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  return quiet;
}

test("a replacement holds the tab until it waits for its upload, which may be cut short", async () => {
  const changes = new FakeChanges();
  const { promise, resolve } = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<() => void>();
  changes.replace.run = async (_key, { onStep }) => {
    onStep("create");
    begun.resolve(() => onStep("upload"));
    await promise;
    return changes.replace.proofs[0] ?? Promise.reject(new Error("none"));
  };
  const tracker = createWorkTracker();
  const run = trackChanges(changes, tracker.track).replace.run(KEY, options);
  const startUpload = await begun.promise;
  expect(await isQuiet(tracker)).toBe(false);
  startUpload();
  expect(await isQuiet(tracker)).toBe(true);
  resolve();
  expect((await run).ok).toBe(true);
});

test("everything else that changes something holds the tab until it ends", async () => {
  const changes = new FakeChanges();
  const tracker = createWorkTracker();
  const tracked = trackChanges(changes, tracker.track);
  const { promise, resolve } = Promise.withResolvers<void>();
  const wait = async () => promise;
  changes.replace.undo = () => wait().then(() => changes.replace.undone);
  changes.replace.deleteOld = () => wait().then(() => ok(undefined));
  changes.recoveryKey.run = () => wait().then(() => ok({ secrets: 1, left: 0, keyId: "new" }));
  changes.recoveryKey.finish = () => wait().then(() => ok({ secrets: 1, left: 0, keyId: "new" }));
  changes.recoveryKey.undo = () => wait().then(() => changes.recoveryKey.undone);
  const report = await changes.replace.checkOld(KEY, "1");
  if (!report.ok) throw new Error("no report");
  const all = [
    tracked.replace.undo(KEY),
    tracked.replace.deleteOld(KEY, report.value),
    tracked.recoveryKey.run(KEY, null, { onStep: () => undefined }),
    tracked.recoveryKey.finish(KEY),
    tracked.recoveryKey.undo(null),
  ];
  expect(await isQuiet(tracker)).toBe(false);
  resolve();
  await Promise.all(all);
  expect(await isQuiet(tracker)).toBe(true);
});

test("going back from a change of the recovery key hands over both keys", async () => {
  const changes = new FakeChanges();
  const given: unknown[] = [];
  changes.recoveryKey.undo = async (...keys: unknown[]) => {
    given.push(...keys);
    return changes.recoveryKey.undone;
  };
  const tracked = trackChanges(changes, createWorkTracker().track);
  await tracked.recoveryKey.undo(KEY, keyOf(2));
  expect(given).toEqual([KEY, keyOf(2)]);
});
