import { encodeRecoveryKey, type RecoveryKey } from "@/domain/recoveryKey";
import { expect, test } from "vitest";
import { createSingleRun } from "./singleRun";

function keyOf(fill: number): RecoveryKey {
  const bytes = new Uint8Array(32).fill(fill);
  return { bytes, text: encodeRecoveryKey(bytes) };
}

test("a second press with the same key joins the run, and the next one after it is new", async () => {
  const run = createSingleRun<number>();
  let runs = 0;
  const work = async (): Promise<number> => ++runs;
  expect(await Promise.all([run(keyOf(1), work), run(keyOf(1), work)])).toEqual([1, 1]);
  expect(await run(keyOf(1), work)).toBe(2);
});

test("another key waits and gets an answer of its own, also after a failure", async () => {
  const run = createSingleRun<number>();
  const seen: number[] = [];
  const work = async (bytes: Uint8Array): Promise<number> => {
    seen.push(bytes[0] ?? 0);
    if (bytes[0] === 1) throw new Error("the first");
    return bytes[0] ?? 0;
  };
  const first = run(keyOf(1), work);
  const second = run(keyOf(2), work);
  await expect(first).rejects.toThrow("the first");
  expect(await second).toBe(2);
  expect(seen).toEqual([1, 2]);
});

test("works with a copy of the key, which is wiped at the end", async () => {
  const run = createSingleRun<Uint8Array>();
  const key = keyOf(7);
  const outcome = run(key, async (bytes) => {
    await Promise.resolve();
    expect(bytes).toEqual(new Uint8Array(32).fill(7));
    return bytes;
  });
  key.bytes.fill(0);
  expect(await outcome).toEqual(new Uint8Array(32));
});
