import type { BackupDecryptionKey } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { BackupVersion } from "@/domain/backup";
import type { BackupEntries, BackupEntry, OpenedEntry } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import { yieldToMain } from "@/lib/yieldToMain";
import { encodeUnpaddedBase64 } from "matrix-js-sdk/lib/base64";
import { isObject } from "./errorOfAnswer";
import { firstIndexOf, roomKeyId, type HeldRoomKeys } from "./heldRoomKeys";
import { loadCryptoWasm } from "./olmMachine";
import { trueSessionId } from "./roomKeySinkSessionId";
import { attempt } from "./toAppError";

/** A room key out of a backup, decrypted, under the id that follows from the key itself. Secret. */
export interface FoundRoomKey {
  readonly id: string;
  readonly firstIndex: number;
  readonly exported: Readonly<Record<string, unknown>>;
}

/** What an entry holds. "sealed": it cannot be told what the content is good for. */
export type EntryContent = FoundRoomKey | "unreadable" | "sealed";

export interface OpenableBackup {
  readonly entries: BackupEntries;
  readonly version: BackupVersion;
  /** Its decryption key. Not zeroed here. */
  readonly backupKey: Uint8Array;
  readonly signal: AbortSignal;
}

/** Goes through a version with its decryption key and hands out what each entry holds. */
export async function readRoomKeys(
  { entries, version, backupKey, signal }: OpenableBackup,
  take: (batch: readonly (readonly [BackupEntry, EntryContent])[]) => Promise<void>,
): Promise<Result<void, AppError>> {
  const judge = createJudge(backupKey);
  try {
    const read = await attempt(() =>
      entries.readOpened(
        version,
        backupKey,
        async (batch) => {
          const found: (readonly [BackupEntry, EntryContent])[] = [];
          for (const entry of batch) {
            const { sessionData } = entry;
            const key = sessionData === null ? null : keyOf(entry, sessionData);
            found.push([entry, key ?? (await judge.judge(entry))]);
          }
          await take(found);
        },
        signal,
      ),
    );
    return read.ok ? read.value : read;
  } finally {
    judge.close();
  }
}

/** What a version holds, by what its key opens and not by the words that stand beside it. */
export interface BackupHolding {
  /** Entries that hold the key they stand for. */
  readonly held: HeldRoomKeys;
  /**
   * Entries whose label promises more than they hold, with the index on the label: a server keeps
   * such an entry where a copy is uploaded that begins no earlier.
   */
  readonly blocked: HeldRoomKeys;
}

/**
 * Opens every entry of a version. One counts only when its key has the id that it stands under, so
 * that every client finds it there. The room is the server's word: nothing inside tells it.
 */
export async function readHolding(
  backup: OpenableBackup,
): Promise<Result<BackupHolding, AppError>> {
  const held = new Map<string, number>();
  const blocked = new Map<string, number>();
  const read = await readRoomKeys(backup, async (batch) => {
    for (const [{ roomId, sessionId, firstMessageIndex }, key] of batch) {
      const label = roomKeyId(roomId, sessionId);
      const isIt = typeof key === "object" && key.id === label;
      if (isIt) keepLowest(held, label, key.firstIndex);
      const promised = firstMessageIndex ?? 0;
      if (!isIt || key.firstIndex > promised) keepLowest(blocked, label, promised);
    }
  });
  return read.ok ? ok({ held, blocked }) : read;
}

/** Keeps the copy that opens the most. */
export function keepLowest(held: Map<string, number>, id: string, index: number): void {
  held.set(id, Math.min(index, held.get(id) ?? Number.POSITIVE_INFINITY));
}

/** The key, under the id that follows from it; null when its session key is not sound. */
function keyOf(
  { roomId, sessionId }: Pick<BackupEntry, "roomId" | "sessionId">,
  sessionData: Readonly<Record<string, unknown>>,
): FoundRoomKey | null {
  const trueId = trueSessionId({ roomId, sessionId, sessionData });
  if (trueId === null) return null;
  return {
    id: roomKeyId(roomId, trueId),
    firstIndex: firstIndexOf(String(sessionData.session_key)),
    exported: {
      forwarding_curve25519_key_chain: [],
      ...sessionData,
      room_id: roomId,
      session_id: trueId,
    },
  };
}

interface Judge {
  judge(entry: OpenedEntry): Promise<EntryContent>;
  close(): void;
}

const MEGOLM = "m.megolm.v1.aes-sha2";
/** Entries between two yields: about 4 ms of work. */
const STEP = 16;

/**
 * Has the last word on entries that did not come out as sound room keys: whether nobody can read
 * one, or it is something that somebody else may know how to use.
 */
function createJudge(backupKey: Uint8Array): Judge {
  let key: BackupDecryptionKey | null = null;
  let judged = 0;
  return {
    async judge(entry) {
      const { sealed } = entry;
      if (sealed === null) return "unreadable";
      key ??= await openInModule(backupKey);
      if (++judged % STEP === 0) await yieldToMain();
      let sessionData: unknown;
      try {
        sessionData = JSON.parse(key.decryptV1(sealed.ephemeral, sealed.mac, sealed.ciphertext));
      } catch (error) {
        // The module is broken then, whatever the entry was.
        if (error instanceof WebAssembly.RuntimeError) throw error;
        return "unreadable";
      }
      if (!isObject(sessionData)) return "unreadable";
      // A kind of key that is not known here may be of use to somebody who knows it.
      if (sessionData.algorithm !== MEGOLM) return "sealed";
      return keyOf(entry, { ...sessionData }) ?? "unreadable";
    },
    close: () => key?.free(),
  };
}

async function openInModule(backupKey: Uint8Array): Promise<BackupDecryptionKey> {
  const { BackupDecryptionKey } = await loadCryptoWasm();
  return BackupDecryptionKey.fromBase64(encodeUnpaddedBase64(backupKey));
}
