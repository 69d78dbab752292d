import type { SessionEvent, Unsubscribe } from "@/domain/ports";
import { ClientEvent, MatrixEventEvent, RoomEvent, type MatrixClient } from "matrix-js-sdk";
import { CryptoEvent } from "matrix-js-sdk/lib/crypto-api";
import { isBackupVersion } from "./backupInfo";

/** A sync can bring hundreds of events; the rooms are read again at most this often, in ms. */
const ROOMS_PAUSE = 250;

const SECRETS = /^m\.(secret_storage\.|cross_signing\.|megolm_backup\.v1$|key_backup$)/;

/**
 * Translates the SDK's events about keys, secrets and rooms. Each is a hint that something may
 * have changed. The returned function removes every listener and drops what is still waiting.
 */
export function subscribeCryptoEvents(
  client: MatrixClient,
  emit: (event: SessionEvent) => void,
): Unsubscribe {
  const undo: Unsubscribe[] = [];
  const ownUserId = client.getUserId();

  // Bursts of the same hint become one.
  const identityChanged = coalesce(0, () => emit({ kind: "identity_changed" }));
  const secretsChanged = coalesce(0, () => emit({ kind: "secrets_changed" }));
  const roomsChanged = coalesce(ROOMS_PAUSE, () => emit({ kind: "rooms_changed" }));
  for (const hint of [identityChanged, secretsChanged, roomsChanged])
    undo.push(() => hint.cancel());

  // The re-emitter adds arguments of its own after the payload: take the payload only.
  const on: MatrixClient["on"] = (event, listener) => {
    client.on(event, listener);
    undo.push(() => client.off(event, listener));
    return client;
  };

  on(CryptoEvent.KeyBackupStatus, (enabled) => emit({ kind: "backup_status", enabled }));
  on(CryptoEvent.KeyBackupFailed, (code) => emit({ kind: "backup_failed", code }));
  on(CryptoEvent.KeyBackupSessionsRemaining, (count) => emit({ kind: "upload_remaining", count }));
  on(CryptoEvent.KeyBackupDecryptionKeyCached, (version) => {
    if (isBackupVersion(version)) emit({ kind: "decryption_key_cached", version });
  });

  on(CryptoEvent.KeysChanged, () => identityChanged.request());
  on(CryptoEvent.UserTrustStatusChanged, (userId) => {
    if (userId === ownUserId) identityChanged.request();
  });
  on(CryptoEvent.DevicesUpdated, (userIds) => {
    if (ownUserId !== null && userIds.includes(ownUserId)) identityChanged.request();
  });
  on(ClientEvent.AccountData, (event) => {
    if (SECRETS.test(event.getType())) secretsChanged.request();
  });

  on(ClientEvent.Room, () => roomsChanged.request());
  on(RoomEvent.MyMembership, () => roomsChanged.request());
  on(RoomEvent.Name, () => roomsChanged.request());
  on(RoomEvent.Timeline, (_event, room, toStart) => {
    // Older messages come only because the rooms are being read.
    if (toStart !== true && room?.hasEncryptionStateEvent()) roomsChanged.request();
  });
  on(MatrixEventEvent.Decrypted, (event) => {
    if (event.getRoomId() !== undefined) roomsChanged.request();
  });

  return () => {
    for (const remove of undo.splice(0)) remove();
  };
}

interface Coalesced {
  request(): void;
  cancel(): void;
}

/** Runs the action once for any number of requests within the pause, at the pause's end. */
function coalesce(pause: number, action: () => void): Coalesced {
  let timer: ReturnType<typeof setTimeout> | null = null;
  return {
    request() {
      timer ??= setTimeout(() => {
        timer = null;
        action();
      }, pause);
    },
    cancel() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
