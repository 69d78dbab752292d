import type { BackupVersion } from "@/domain/backup";
import type { RestoreEngine } from "@/domain/ports";
import type { SignedInUser } from "@/domain/session";
import { openDatabase, resultOf, transact } from "@/lib/idb";
import type { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import { cryptoStorePrefix, uploadedToName } from "./deviceStore";
import { enableBackup, forgetUploads } from "./keyBackupEnable";
import { loadCryptoWasm } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { isBackupVersion } from "./backupInfo";
import { attempt } from "./toAppError";

type Device = Pick<SignedInUser, "userId" | "deviceId">;

const SCHEMA_VERSION = 1;
const STORE = "uploaded-to";
const CURRENT = "current";

/** What this page knows by itself: the version, or null when the marks are of several or of none. */
const known = new Map<string, BackupVersion | null>();
/** Devices of which nothing is stored. */
const unstored = new Set<string>();
let isInstalled = false;

/**
 * Sees to it that a key counts as backed up only in the version that the device uploads to. The
 * crypto store marks a key as backed up, but not where. The SDK takes the marks back when it sees one
 * version follow another, and at no other time: after a restart, or when keys of a version are
 * restored that was deleted or replaced meanwhile, keys would count as being in a version that never
 * got them. So it is noted, on disk, which version the marks are about, and they are taken back right
 * before the upload to another one begins.
 */
export async function installUploadedTo(): Promise<void> {
  const { OlmMachine } = await loadCryptoWasm();
  if (isInstalled) return;
  isInstalled = true;
  const { prototype } = OlmMachine;
  // oxlint-disable-next-line typescript/unbound-method -- called with its machine below
  const next = prototype.enableBackupV1;
  prototype.enableBackupV1 = async function marked(this: OlmMachine, publicKey, version) {
    const device = deviceOf(this);
    if (isBackupVersion(version) && (await readNote(device)) !== version) {
      await this.disableBackup();
      await writeNote(device, version);
    }
    return next.call(this, publicKey, version);
  };
}

/** Keeps what is noted of a device in this page alone; to be called before its client is opened. */
export function keepNotesInMemory(device: Device): void {
  unstored.add(nameOf(device));
}

/** To be awaited before keys are stored as being in a version, and again after that. */
export async function noteMarks(device: Device, version: BackupVersion): Promise<void> {
  const noted = await readNote(device);
  if (noted !== null && noted !== version) await writeNote(device, null);
}

/** An engine after whose runs no key counts as uploaded that this device's version does not have. */
export function withTrueMarks(context: SessionContext, engine: RestoreEngine): RestoreEngine {
  return {
    ...engine,
    async run(request, options) {
      const outcome = await engine.run(request, options);
      if ((await readNote(context.user)) === null) await context.takeTurn(() => markAnew(context));
      return outcome;
    },
  };
}

/** Where nothing is uploaded now, the marks are taken back when the upload begins. */
async function markAnew(context: SessionContext): Promise<void> {
  const active = await attempt(() => context.crypto().getActiveSessionBackupVersion());
  if (!active.ok || !isBackupVersion(active.value)) return;
  const forgotten = await forgetUploads(context);
  if (forgotten.ok) await enableBackup(context, active.value);
}

async function readNote(device: Device): Promise<BackupVersion | null> {
  const name = nameOf(device);
  const inMemory = known.get(name);
  if (inMemory !== undefined) return inMemory;
  if (unstored.has(name)) return null;
  const stored = await attempt(() =>
    withStore(name, "readonly", (store) => resultOf<unknown>(store.get(CURRENT))),
  );
  // What cannot be read is not known: taking marks back costs an upload, and never a key.
  const version = stored.ok && isBackupVersion(stored.value) ? stored.value : null;
  known.set(name, version);
  return version;
}

async function writeNote(device: Device, version: BackupVersion | null): Promise<void> {
  const name = nameOf(device);
  known.set(name, version);
  if (unstored.has(name)) return;
  await attempt(() =>
    withStore(name, "readwrite", async (store) => {
      if (version === null) await resultOf(store.delete(CURRENT));
      else await resultOf(store.put(version, CURRENT));
    }),
  );
}

async function withStore<T>(
  name: string,
  mode: "readonly" | "readwrite",
  work: (store: IDBObjectStore) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(name, SCHEMA_VERSION, (made) => {
    made.createObjectStore(STORE);
  });
  try {
    return await transact(database, [STORE], mode, (tx) => work(tx.objectStore(STORE)));
  } finally {
    database.close();
  }
}

function nameOf(device: Device): string {
  return uploadedToName(cryptoStorePrefix(device));
}

function deviceOf(machine: OlmMachine): Device {
  const { userId, deviceId } = machine;
  try {
    return { userId: userId.toString(), deviceId: deviceId.toString() };
  } finally {
    userId.free();
    deviceId.free();
  }
}
