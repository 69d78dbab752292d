import type { BackupVersion } from "@/domain/backup";
import { afterEach, expect, it } from "vitest";
import { cdp } from "vitest/browser";
import { createRoomKeySink } from "./roomKeySink";
import { many, openStoreRig, roomKey, valueOf, type StoreRig } from "./storeRig";

const VERSION = "1" as BackupVersion;
const { origin } = location;

let rig: StoreRig | null = null;

const setQuota = (quotaSize?: number) =>
  cdp().send("Storage.overrideQuotaForOrigin", {
    origin,
    ...(quotaSize === undefined ? {} : { quotaSize }),
  });

afterEach(async () => {
  await setQuota();
  await rig?.remove();
  rig = null;
});

it("a full disk is said to be one, what is in stays in, and with room it goes on", async () => {
  const keys = await many(6_000, () => roomKey());
  // From the start, and filled without a pause: the browser reckons with the room that it saw last.
  await setQuota(500_000);
  rig = await openStoreRig();
  const sink = valueOf(await createRoomKeySink(rig.context).open(VERSION, keys.length));
  const full = { ok: false, error: { kind: "storage", reason: "quota" } };
  let stored = 0;
  let outcome = await sink.import(keys.slice(0, 100));
  while (outcome.ok && stored < keys.length - 100) {
    stored += outcome.value.imported;
    outcome = await sink.import(keys.slice(stored, stored + 100));
  }
  expect(outcome).toEqual(full);
  expect(stored).toBeGreaterThan(0);
  expect(valueOf(await sink.count())).toBe(stored);

  await setQuota();
  const again = valueOf(await createRoomKeySink(rig.context).open(VERSION, keys.length));
  expect(again.held).toBe(stored);
  expect(valueOf(await again.import(keys.slice(stored, stored + 100)))).toMatchObject({
    imported: 100,
  });
  for (const opened of [sink, again]) opened.close();
});

it("a database that the browser closed under the restore is said to be gone", async () => {
  rig = await openStoreRig();
  const sink = valueOf(await createRoomKeySink(rig.context).open(VERSION, 100));
  valueOf(await sink.import(await many(10, () => roomKey())));
  await cdp().send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
  expect(await sink.import(await many(10, () => roomKey()))).toMatchObject({
    ok: false,
    error: { kind: "storage", reason: "unavailable" },
  });
  sink.close();
});
