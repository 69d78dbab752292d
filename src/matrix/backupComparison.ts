import type { BackupInfo, BackupVersion } from "@/domain/backup";
import type { BackupEntries, BackupEntry } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import { encodeUnpaddedBase64 } from "matrix-js-sdk/lib/base64";
import { isObject } from "./errorOfAnswer";
import { firstIndexOf, holdsAsGood, roomKeyId, type HeldRoomKeys } from "./heldRoomKeys";
import { loadCryptoWasm } from "./olmMachine";
import { trueSessionId } from "./roomKeySinkSessionId";
import { attempt } from "./toAppError";

/** A room key out of a backup, decrypted, under the id that follows from the key itself. Secret. */
export interface FoundRoomKey {
  readonly id: string;
  readonly firstIndex: number;
  readonly exported: Readonly<Record<string, unknown>>;
}

export interface Comparison {
  /** Entries of the version. */
  readonly entries: number;
  /** Not among the held ones, or not as good; where there is no key, all that are not held. */
  readonly missing: number;
  /** Of the ones not held: what the version's own key does not open. */
  readonly unreadable: number;
}

/**
 * How many entries of a version a comparison has not seen. The answer that lists them is whole JSON
 * also when it is short; what the server counts is the only word against it.
 */
export function unseenEntries(
  { entries }: Comparison,
  { count }: Pick<BackupInfo, "count">,
): number {
  return Math.max(0, count - entries);
}

/**
 * Goes through a backup version and finds what is not among the held keys. With the version's
 * decryption key it looks inside the entries in question: some are garbage, and some stand under
 * another id than their own. `take` gets the missing ones, batch by batch.
 */
export async function compareBackup(options: {
  readonly entries: BackupEntries;
  readonly version: BackupVersion;
  readonly held: HeldRoomKeys;
  /** Null: nothing is opened. Not zeroed here. */
  readonly backupKey: Uint8Array | null;
  readonly take?: (keys: readonly FoundRoomKey[]) => Promise<void>;
  readonly signal: AbortSignal;
}): Promise<Result<Comparison, AppError>> {
  const { entries, version, held, backupKey, take, signal } = options;
  const tally = { entries: 0, missing: 0, unreadable: 0 };
  const opened = await attempt(async () => (backupKey === null ? null : openEntries(backupKey)));
  if (!opened.ok) return opened;
  const opener = opened.value;
  try {
    const read = await entries.read(
      version,
      async (batch) => {
        const found: FoundRoomKey[] = [];
        for (const entry of batch) {
          tally.entries += 1;
          const id = roomKeyId(entry.roomId, entry.sessionId);
          const { sealed, firstMessageIndex } = entry;
          if (sealed !== null && holdsAsGood(held, id, firstMessageIndex ?? 0)) continue;
          const key = sealed === null ? "unreadable" : (opener?.open(entry) ?? "sealed");
          if (key === "unreadable") tally.unreadable += 1;
          else if (key === "sealed" || !holdsAsGood(held, key.id, key.firstIndex)) {
            tally.missing += 1;
            if (key !== "sealed") found.push(key);
          }
        }
        if (found.length > 0) await take?.(found);
      },
      signal,
    );
    return read.ok ? ok(tally) : read;
  } finally {
    opener?.close();
  }
}

interface Opener {
  /** The room key inside; "sealed" when it cannot be told what the content is good for. */
  open(entry: BackupEntry): FoundRoomKey | "unreadable" | "sealed";
  close(): void;
}

const MEGOLM = "m.megolm.v1.aes-sha2";

async function openEntries(backupKey: Uint8Array): Promise<Opener> {
  const { BackupDecryptionKey } = await loadCryptoWasm();
  const key = BackupDecryptionKey.fromBase64(encodeUnpaddedBase64(backupKey));
  return {
    open({ roomId, sessionId, sealed }) {
      if (sealed === null) return "unreadable";
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
      const trueId = trueSessionId({ roomId, sessionId, sessionData });
      if (trueId === null) return "unreadable";
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
    },
    close: () => key.free(),
  };
}
