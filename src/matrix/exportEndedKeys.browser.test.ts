import { deleteDatabase } from "@/lib/idb";
import { expect, it } from "vitest";
import { cryptoStoreExists } from "./deviceStore";
import { roomKeys, installEndedRig, type RoomKey } from "./endedRig";
import { exportEndedKeys } from "./exportEndedKeys";
import { decryptKeyFile } from "./keyFileFormat";

const rig = installEndedRig("export-ended-test");
const passphrase = "a passphrase of a file";
const signal = new AbortController().signal;
const exportAll = () => exportEndedKeys(rig.vault(), { passphrase, signal });

/** The session ids in the file. */
async function idsIn(file: Blob): Promise<Set<unknown>> {
  const json = await decryptKeyFile(await file.text(), passphrase);
  if (!json.ok) throw new Error(json.error);
  const entries: { session_id: string }[] = JSON.parse(json.value);
  return new Set(entries.map(({ session_id }) => session_id));
}
const idsOf = (keys: readonly RoomKey[]) => new Set(keys.map(({ session_id }) => session_id));

async function expectExported(keys: readonly RoomKey[]): Promise<void> {
  const exported = await exportAll();
  if (!exported.ok) throw new Error(JSON.stringify(exported.error));
  expect(exported.value.count).toBe(keys.length);
  expect(await idsIn(exported.value.file)).toEqual(idsOf(keys));
}

it("has every key of the ended device, offline, and changes nothing", async () => {
  const keys = await roomKeys(12);
  const { prefix } = await rig.endStored(keys);
  await expectExported(keys);
  // A second file is as good, and the next device still gets everything.
  await expectExported(keys);
  expect(await cryptoStoreExists(prefix)).toBe(true);
  expect(await rig.vault().read()).toMatchObject({ ok: true, value: { ended: true } });
});

it("wipes the key of every store once it is open", async () => {
  await rig.endStored(await roomKeys(1));
  const vault = rig.vault();
  const keys: Uint8Array[] = [];
  const noted = {
    ...vault,
    async unlockEnded(prefix: string) {
      const unlocked = await vault.unlockEnded(prefix);
      if (unlocked.ok) {
        expect(unlocked.value.storageKey).not.toEqual(new Uint8Array(32));
        keys.push(unlocked.value.storageKey);
      }
      return unlocked;
    },
  };
  expect(await exportEndedKeys(noted, { passphrase, signal })).toMatchObject({ ok: true });
  expect(keys).toEqual([new Uint8Array(32)]);
});

it("has those of devices that were ended before it, too, each session counted once", async () => {
  const [shared, first, second] = [await roomKeys(1), await roomKeys(3), await roomKeys(4)];
  await rig.endStored([...shared, ...first]);
  await rig.storeNext();
  await rig.endStored([...shared, ...second]);
  await expectExported([...shared, ...first, ...second]);
});

it("works before it was noted that the server ended the device", async () => {
  const keys = await roomKeys(2);
  await rig.endStored(keys);
  const vault = { ...rig.vault() };
  const stored = await vault.read();
  if (!stored.ok || stored.value === null) throw new Error("nothing is stored");
  const user = { ...stored.value.user, deviceId: "ANOTHER" };
  await vault.storeBeside(user, "token");
  // The new one has no store yet, and its record is that of a session that goes on.
  await expectExported(keys);
});

it("is no file at all when a store does not open", async () => {
  await rig.endStored(await roomKeys(2));
  const unlockEnded = async () =>
    ({ ok: true, value: { storageKey: new Uint8Array(32).fill(1) } }) as const;
  expect(
    await exportEndedKeys({ ...rig.vault(), unlockEnded }, { passphrase, signal }),
  ).toMatchObject({ ok: false });
});

it("is no file at all when a part of a store is gone, or when there is nothing", async () => {
  const { prefix } = await rig.endStored(await roomKeys(2));
  await deleteDatabase(`${prefix}::matrix-sdk-crypto-meta`);
  expect(await exportAll()).toEqual({ ok: false, error: { kind: "storage", reason: "mismatch" } });
  await deleteDatabase(`${prefix}::matrix-sdk-crypto`);
  const nothing = { ok: false, error: { kind: "key_file", problem: "no_keys" } };
  expect(await exportAll()).toEqual(nothing);
  expect(await cryptoStoreExists(prefix)).toBe(false);
});

it("stops when it is told to", async () => {
  await rig.endStored(await roomKeys(2));
  const stopped = await exportEndedKeys(rig.vault(), { passphrase, signal: AbortSignal.abort() });
  expect(stopped).toEqual({ ok: false, error: { kind: "closed" } });
});
