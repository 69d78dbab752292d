import type { BackupVersion } from "@/domain/backup";
import type { BackupEntries } from "@/domain/changes";
import type { RecoveryKey } from "@/domain/recoveryKey";
import { fail } from "@/domain/result";
import { wipe } from "@/lib/bytes";
import { createTurns } from "@/lib/turns";
import { createBackupEntries } from "@/restore-engine/createBackupEntries";
import {
  createEntryForge,
  forgeSessionData,
  generateBackupKeyPair,
  keyBackupData,
} from "@/testing/forgeBackup";
import { decodeBase64 } from "matrix-js-sdk/lib/base64";
import { RustBackupManager } from "matrix-js-sdk/lib/rust-crypto/backup";
import { vi } from "vitest";
import { isObject } from "./errorOfAnswer";
import { openSetUpAccount } from "./accountRig";
import { valueOf, type TestDevice } from "./integrationDevice";
import type { Homeserver } from "./integrationHomeserver";
import { readKeptKey } from "./keptBackupKey";
import { fetchBackupInfo, fetchBackupVersion } from "./roomKeysApi";
import { createRoomKeySource } from "./roomKeySource";
import { matchBackupSecret } from "./secretStorageBackupKey";
import { openDefaultKey } from "./secretStorageUnlock";
import type { HttpMethod, SessionContext } from "./sessionContext";

// The SDK waits up to ten seconds at random before it uploads.
Object.assign(RustBackupManager, { maxBackupLoopStartDelayMillis: 0 });

const PATIENCE = { timeout: 30_000, interval: 50 };
export const ROOM = "!room:localhost";

export const keyEntries = (context: SessionContext): BackupEntries =>
  createBackupEntries(createRoomKeySource(context), {
    createWorker: () => {
      throw new Error("no workers here");
    },
  });

/** An account with identity, recovery key and a backup that holds the device's keys. */
export interface Account {
  readonly userId: string;
  readonly device: TestDevice;
  readonly key: RecoveryKey;
  readonly version: BackupVersion;
  /** Session ids of the keys on the device. */
  readonly held: readonly string[];
}

export async function accountWithBackup(server: Homeserver, keys = 3): Promise<Account> {
  const { userId, device, key, version } = await openSetUpAccount(server);
  const held = await giveKeys(device, keys);
  await uploaded(device, version, held.length);
  return { userId, device, key, version, held };
}

/** Puts new room keys into the device's store, as an import from a file would. */
export async function giveKeys({ context }: TestDevice, count: number): Promise<string[]> {
  const forged = await Promise.all(Array.from({ length: count }, () => forgeSessionData()));
  await context.crypto().importRoomKeysAsJson(
    JSON.stringify(
      forged.map(({ sessionId, sessionData }) => ({
        ...sessionData,
        room_id: ROOM,
        session_id: sessionId,
      })),
    ),
  );
  return forged.map(({ sessionId }) => sessionId);
}

export async function uploaded(
  { context }: TestDevice,
  version: BackupVersion,
  count: number,
): Promise<void> {
  await vi.waitUntil(async () => {
    const info = valueOf(await fetchBackupVersion(context, version));
    return info !== null && info.count >= count;
  }, PATIENCE);
}

/** Puts entries into a version that no device has: readable ones, or ones no key opens. */
export async function putEntries(
  context: SessionContext,
  version: BackupVersion,
  count: number,
  kind: "readable" | "unreadable" = "readable",
): Promise<string[]> {
  const seal = kind === "readable" ? await sealerOf(context, version) : await sealerOfNobody();
  const sessions: Record<string, unknown> = {};
  for (let made = 0; made < count; made++) {
    const { sessionId, sessionData } = await forgeSessionData();
    sessions[sessionId] = await seal(sessionData);
  }
  await putSessions(context, version, sessions);
  return Object.keys(sessions);
}

/** Makes an entry of what is to be inside, as its label says from the first message on. */
export type Sealer = (sessionData: unknown) => Promise<unknown>;

export async function sealerOf(context: SessionContext, version: BackupVersion): Promise<Sealer> {
  const info = valueOf(await fetchBackupVersion(context, version));
  return sealTo(new Uint8Array(decodeBase64(info?.publicKey ?? "")));
}

/** Its entries are opened by no key that anybody has. */
export async function sealerOfNobody(): Promise<Sealer> {
  return sealTo((await generateBackupKeyPair()).publicKey);
}

async function sealTo(publicKey: Uint8Array<ArrayBuffer>): Promise<Sealer> {
  const forge = await createEntryForge(publicKey);
  return async (sessionData) => keyBackupData(await forge.encrypt(JSON.stringify(sessionData)));
}

/** Puts entries into a version, each under the session id that stands before it. */
export async function putSessions(
  context: SessionContext,
  version: BackupVersion,
  sessions: Readonly<Record<string, unknown>>,
): Promise<void> {
  valueOf(
    await context.request("PUT", "/room_keys/keys", {
      query: { version },
      body: { rooms: { [ROOM]: { sessions } } },
    }),
  );
}

/** Session ids of a version's entries, or null when the server has no such version. */
export async function idsIn(
  context: SessionContext,
  version: BackupVersion,
): Promise<ReadonlySet<string> | null> {
  if (valueOf(await fetchBackupVersion(context, version)) === null) return null;
  const ids = new Set<string>();
  valueOf(
    await keyEntries(context).read(
      version,
      async (batch) => batch.forEach(({ sessionId }) => ids.add(sessionId)),
      new AbortController().signal,
    ),
  );
  return ids;
}

/** Which of a version's keys the recovery key leads to: in its place, kept aside, or nowhere. */
export async function reach(
  context: SessionContext,
  key: RecoveryKey,
  version: BackupVersion,
): Promise<"in_place" | "kept" | "nowhere"> {
  const info = valueOf(await fetchBackupVersion(context, version));
  if (info?.publicKey == null) throw new Error(`no version ${version}`);
  const storageKey = valueOf(await openDefaultKey(context, key.bytes));
  const inPlace = await matchBackupSecret(context, storageKey, info);
  if (inPlace.ok) {
    wipe(inPlace.value);
    return "in_place";
  }
  const kept = valueOf(await readKeptKey(context, storageKey, info.publicKey));
  wipe(kept);
  return kept === null ? "nowhere" : "kept";
}

export async function currentVersion(context: SessionContext): Promise<BackupVersion> {
  const info = valueOf(await fetchBackupInfo(context));
  if (info === null) throw new Error("no backup");
  return info.version;
}

/** What becomes of the request at one place in the order of a run's own requests. */
export type FaultKind =
  /** It never reaches the server. */
  | "fails"
  /** The server does it, and the answer is lost. */
  | "lost"
  /** The server does it, and the page is gone: no answer to this and to nothing after it. */
  | "killed";

export interface FaultyContext {
  readonly context: SessionContext;
  /** Method and path of each request, in order. */
  readonly log: readonly string[];
  /** Resolves when the page is "gone". */
  readonly gone: Promise<void>;
}

/** The same device seen by code whose requests meet a fault at one place, or nowhere. */
export function withFault(
  context: SessionContext,
  fault: { readonly at: number; readonly kind: FaultKind } | null,
): FaultyContext {
  const log: string[] = [];
  const { promise: gone, resolve: die } = Promise.withResolvers<void>();
  let dead = false;
  const never = (): Promise<never> => new Promise(() => undefined);
  const noAnswer = fail({ kind: "network", detail: "a fault of the test" } as const);

  async function meet<T>(
    method: HttpMethod,
    path: string,
    send: () => Promise<T>,
  ): Promise<T | typeof noAnswer> {
    if (dead) return never();
    const index = log.push(`${method} ${decodeURIComponent(path)}`) - 1;
    if (index !== fault?.at) return send();
    if (fault.kind === "fails") return noAnswer;
    await send();
    if (fault.kind === "lost") return noAnswer;
    dead = true;
    die();
    return never();
  }

  return {
    log,
    gone,
    context: {
      ...context,
      takeTurn: createTurns(),
      request: (method, path, options) =>
        meet(method, path, () => context.request(method, path, options)),
      requestStream: (method, path, options) =>
        meet(method, path, () => context.requestStream(method, path, options)),
    },
  };
}

/** Places of the requests in a log that change something. */
export function writesOf(log: readonly string[]): number[] {
  return log.flatMap((line, index) =>
    /^(PUT|POST|DELETE) \/(user|room_keys)/.test(line) ? [index] : [],
  );
}

/** The content of one account data event, as the server has it. */
export async function accountData(
  context: SessionContext,
  type: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { userId } = context.user;
  const answer = await context.request(
    "GET",
    `/user/${encodeURIComponent(userId)}/account_data/${encodeURIComponent(type)}`,
  );
  return answer.ok && isObject(answer.value) ? answer.value : {};
}
