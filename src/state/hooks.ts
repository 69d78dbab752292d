import type {
  BackupInfo,
  BackupTrust,
  BackupVersion,
  CrossSigningStatus,
  RoomKeyCounts,
  SecretStorageStatus,
} from "@/domain/backup";
import type { BackupNotice } from "@/domain/backupNotice";
import type { BackupState, DeviceState, Finding } from "@/domain/deviceState";
import type { EncryptedRoom, LiveSession } from "@/domain/ports";
import type { Reading } from "@/domain/reading";
import type { LastRestore, RestoreJob } from "@/domain/restoreJob";
import type { SessionPhase, SyncState } from "@/domain/session";
import { useContext } from "react";
import { useStore } from "zustand";
import type { UploadError } from "./appStore";
import {
  type AppServices,
  type RestoreControl,
  type SessionActions,
  StoreContext,
} from "./StoreContext";

function useServices(): AppServices {
  const services = useContext(StoreContext);
  if (services === null) throw new Error("StoreContext is missing above this component");
  return services;
}

/** Where the session is; the screen follows from it. */
export function useSessionPhase(): SessionPhase {
  return useStore(useServices().store, (state) => state.phase);
}

export function useSessionActions(): SessionActions {
  return useServices().session;
}

/** The open session. Throws when the phase is not `active`. */
export function useLiveSession(): LiveSession {
  const session = useServices().session.liveSession();
  if (session === null) throw new Error("No session is open");
  return session;
}

export interface KeyBackupOverview {
  readonly deviceState: DeviceState;
  readonly backupState: BackupState;
  /** All failed checks, the headline first. */
  readonly findings: readonly Finding[];
  readonly backup: Reading<BackupInfo | null>;
  /** Unread while there is no backup to trust. */
  readonly trust: Reading<BackupTrust>;
  readonly activeVersion: Reading<BackupVersion | null>;
  readonly crossSigning: Reading<CrossSigningStatus>;
  readonly secretStorage: Reading<SecretStorageStatus>;
  readonly roomKeys: Reading<RoomKeyCounts>;
  /** Keys held here and not yet on the server; null when not known. */
  readonly pendingKeys: number | null;
  readonly uploadError: UploadError | null;
  readonly sync: SyncState;
  /** Is something being read right now? */
  readonly checking: boolean;
  readonly checkAgain: () => void;
  readonly notice: BackupNotice | null;
  readonly dismissNotice: () => void;
  readonly lastRestore: LastRestore | null;
}

export function useKeyBackupOverview(): KeyBackupOverview {
  throw new Error("not built yet");
}

export function useRestoreJob(): { readonly job: RestoreJob } & RestoreControl {
  const { store, restore } = useServices();
  const job = useStore(store, (state) => state.restoreJob);
  return { job, ...restore };
}

export interface RoomsView {
  readonly rooms: Reading<readonly EncryptedRoom[]>;
  /** Room keys in this device's store by room; unread until `countKeys` was called. */
  readonly keyCounts: Reading<ReadonlyMap<string, number>>;
  readonly countKeys: () => void;
}

export function useRooms(): RoomsView {
  throw new Error("not built yet");
}

/** Reads everything about the key backup again; call it after unlock and set-up. */
export function useInvalidateKeyBackup(): () => Promise<void> {
  return useServices().session.checkAgain;
}
