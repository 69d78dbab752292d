import type {
  BackupInfo,
  BackupTrust,
  BackupVersion,
  CrossSigningStatus,
  RoomKeyCounts,
  SecretStorageStatus,
} from "@/domain/backup";
import type { BackupNotice } from "@/domain/backupNotice";
import type { BackupState, DeviceState, DeviceStateInputs, Finding } from "@/domain/deviceState";
import { deriveBackupState } from "@/domain/backupState";
import { listFindings } from "@/domain/findings";
import {
  doubtKeyTest,
  type KeyTestDoubt,
  type LastKeyTest,
  type ProvenKey,
} from "@/domain/keyTest";
import type { LiveSession } from "@/domain/ports";
import type { Reading } from "@/domain/reading";
import type { BackupWish } from "@/domain/removal";
import type { LastRestore } from "@/domain/restoreJob";
import type { CarryOverMissing, CarryOverState, SyncState } from "@/domain/session";
import { deriveUploadQueue, type UploadQueue } from "@/domain/uploadQueue";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { useShallow } from "zustand/react/shallow";
import type { UploadError } from "./appStore";
import { currentUploadError, doubtWithout, pendingKeys } from "./overview";
import { queriesOf, toReading, trustOptions, unreadOptions } from "./queries";
import { readBeforeSignOut } from "./readBeforeSignOut";
import { useOpenSession, useServices } from "./sessionHooks";

/** Whether this browser still holds keys of devices that the server ended. */
export function useCarryOver(): CarryOverState {
  return useStore(useServices().store, (state) => state.carryOver);
}

/** What of the ended devices is not here; empty unless that is `incomplete`. */
export function useCarryOverMissing(): readonly CarryOverMissing[] {
  return useStore(useServices().store, (state) => state.carryOverMissing);
}

/** Whether they have all come to the present device since its session was opened. */
export function useCarriedOver(): boolean {
  return useStore(useServices().store, (state) => state.carriedOver);
}

/** The open session. Throws when the phase is not `active`. */
export function useLiveSession(): LiveSession {
  const session = useOpenSession();
  if (session === null) throw new Error("No session is open");
  return session;
}

export interface KeyBackupOverview {
  readonly deviceState: DeviceState;
  readonly backupState: BackupState;
  /** All failed checks, the headline first. */
  readonly findings: readonly [Finding, ...Finding[]];
  readonly backup: Reading<BackupInfo | null>;
  readonly backupWish: Reading<BackupWish>;
  /** The person turned the upload off on this device. */
  readonly uploadOff: boolean;
  /** Unread while there is no backup to trust. */
  readonly trust: Reading<BackupTrust>;
  readonly activeVersion: Reading<BackupVersion | null>;
  readonly crossSigning: Reading<CrossSigningStatus>;
  readonly secretStorage: Reading<SecretStorageStatus>;
  readonly roomKeys: Reading<RoomKeyCounts>;
  /** Keys held here and not yet on the server; null when not known. */
  readonly pendingKeys: number | null;
  readonly uploadError: UploadError | null;
  /** Where the keys are that wait, and when they are tried again. */
  readonly uploadQueue: UploadQueue;
  /** The most keys that waited since none did; null while none does. */
  readonly uploadPeak: number | null;
  readonly sync: SyncState;
  /** Nothing of the session is stored in this browser. */
  readonly memoryOnly: boolean;
  /** Is something being read that is not known yet, or was asked for again? Polling is not told. */
  readonly checking: boolean;
  readonly checkAgain: () => void;
  readonly notice: BackupNotice | null;
  readonly dismissNotice: () => void;
  readonly lastRestore: LastRestore | null;
  /** The last test of the saved key, as long as it says something of what the account has now. */
  readonly lastKeyTest: LastKeyTest | null;
  /** The last test, where something has changed since, or that is not known. */
  readonly doubtedKeyTest: DoubtedKeyTest | null;
  /** What a recovery key or passphrase was proven to open in this browser, the last time. */
  readonly proven: ProvenKey | null;
}

export interface DoubtedKeyTest {
  readonly test: LastKeyTest;
  readonly why: KeyTestDoubt;
}

/** Everything the dashboard says about the key backup. All unread while no session is open. */
export function useKeyBackupOverview(): KeyBackupOverview {
  const { store, session: controller } = useServices();
  const session = useOpenSession();
  const slices = useStore(
    store,
    useShallow((state) => ({
      sync: state.sync,
      syncedOnce: state.syncedOnce,
      rechecking: state.rechecking,
      checkingAgain: state.checkingAgain,
      uploadRemaining: state.uploadRemaining,
      uploadError: state.uploadError,
      uploadStalled: state.uploadStalled,
      serverShort: state.serverShort,
      uploadAttempt: state.uploadAttempt,
      uploadFailingSince: state.uploadFailingSince,
      uploadPeak: state.uploadPeak,
      notice: state.notice,
      uploadOff: state.uploadOff,
      lastRestore: state.lastRestore,
      lastKeyTest: state.lastKeyTest,
      proven: state.proven,
    })),
  );
  const readings = useReadings(session, slices.syncedOnce);
  const { backup, backupWish, trust, activeVersion, crossSigning, secretStorage, roomKeys } =
    readings;
  const { sync, syncedOnce, rechecking, lastRestore, notice, uploadOff } = slices;
  const uploadError = currentUploadError(slices.uploadError, roomKeys);
  const inputs: DeviceStateInputs = {
    signedIn: session !== null,
    sync,
    syncedOnce,
    rechecking,
    backup,
    backupWish,
    uploadOff,
    trust,
    activeVersion,
    crossSigning,
    secretStorage,
    roomKeys,
    uploadError,
    uploadStalled: slices.uploadStalled,
    serverShort: slices.serverShort,
    lastRestore,
  };
  const findings = listFindings(inputs);
  const doubt = slices.lastKeyTest === null ? null : doubtKeyTest(slices.lastKeyTest, readings);
  const pending = pendingKeys(roomKeys, slices.uploadRemaining, backup, activeVersion);
  return {
    deviceState: findings[0].state,
    backupState: deriveBackupState(inputs),
    findings,
    backup,
    backupWish,
    uploadOff,
    trust,
    activeVersion,
    crossSigning,
    secretStorage,
    roomKeys,
    pendingKeys: pending,
    uploadError,
    uploadPeak: slices.uploadPeak,
    uploadQueue: deriveUploadQueue({
      pending,
      peak: slices.uploadPeak,
      attempt: slices.uploadAttempt,
      failingSince: slices.uploadFailingSince,
      offline: sync === "offline",
      noBackup: backup.status === "known" && backup.value === null,
      enabled: activeVersion.status === "known" ? activeVersion.value !== null : null,
      stalled: slices.uploadStalled,
    }),
    sync,
    memoryOnly: session?.memoryOnly ?? false,
    checking: slices.checkingAgain || findings[0].state === "checking",
    checkAgain: () => void controller.checkAgain(),
    notice,
    dismissNotice: controller.dismissNotice,
    lastRestore,
    lastKeyTest: doubt === null ? slices.lastKeyTest : null,
    doubtedKeyTest:
      slices.lastKeyTest === null || doubt === null
        ? null
        : { test: slices.lastKeyTest, why: doubt },
    proven: slices.proven,
  };
}

function useReadings(session: LiveSession | null, syncedOnce: boolean) {
  const queries = session === null ? null : queriesOf(session);
  const backup = useQuery(queries?.backup ?? unreadOptions<BackupInfo | null>("backup"));
  const trust = useQuery(trustOptions(session, toReading(backup), syncedOnce));
  const activeVersion = useQuery(
    queries?.activeVersion ?? unreadOptions<BackupVersion | null>("activeVersion"),
  );
  // Before the first sync account data is empty: reading it would say that things are absent.
  const enabled = session !== null && syncedOnce;
  const crossSigning = useQuery({
    ...(queries?.crossSigning ?? unreadOptions<CrossSigningStatus>("crossSigning")),
    enabled,
  });
  const secretStorage = useQuery({
    ...(queries?.secretStorage ?? unreadOptions<SecretStorageStatus>("secretStorage")),
    enabled,
  });
  const backupWish = useQuery({
    ...(queries?.backupWish ?? unreadOptions<BackupWish>("backupWish")),
    enabled,
  });
  const roomKeys = useQuery(queries?.roomKeys ?? unreadOptions<RoomKeyCounts>("roomKeys"));
  const lookedUp = toReading(backup);
  const triedAt = backup.dataUpdatedAt;
  return {
    backup: lookedUp,
    backupWish: toReading(backupWish),
    trust: doubtWithout(lookedUp, triedAt, toReading(trust)),
    activeVersion: toReading(activeVersion),
    crossSigning: doubtWithout(lookedUp, triedAt, toReading(crossSigning)),
    secretStorage: doubtWithout(lookedUp, triedAt, toReading(secretStorage)),
    roomKeys: toReading(roomKeys),
  };
}

const NOTHING_READ = { since: Infinity, done: false, unfinished: false };

/**
 * Reads anew what signing out rests on, each time `wanted` turns true. The readings of
 * useKeyBackupOverview that are not older than `since` are of that read or a later one; `done`
 * when it has ended, well or not.
 */
export function useReadBeforeSignOut(wanted: boolean): {
  readonly since: number;
  readonly done: boolean;
  /** A change of several steps is half done, or that could not be found out. */
  readonly unfinished: boolean;
} {
  const session = useOpenSession();
  const syncedOnce = useStore(useServices().store, (state) => state.syncedOnce);
  const queryClient = useQueryClient();
  const [read, setRead] = useState(NOTHING_READ);
  useEffect(() => {
    if (!wanted || session === null) return;
    const since = Date.now();
    let current = true;
    void readBeforeSignOut(queryClient, session, syncedOnce).then((unfinished) => {
      if (current) setRead({ since, done: true, unfinished });
    });
    return () => {
      current = false;
      setRead(NOTHING_READ);
    };
  }, [wanted, session, syncedOnce, queryClient]);
  return read;
}

/** Reads everything about the key backup again; call it after unlock and set-up. */
export function useInvalidateKeyBackup(): () => Promise<void> {
  return useServices().session.checkAgain;
}
