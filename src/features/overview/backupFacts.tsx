import { formatNumber } from "@/copy/formatNumber";
import type { BackupInfo, BackupVersion } from "@/domain/backup";
import type { ReactNode } from "react";

type Info = BackupInfo | null;

// What a read of the backup says; "None" only where the server itself said that there is no backup.

export function versionFact(info: Info): ReactNode {
  return info === null ? "None" : <bdi>{info.version}</bdi>;
}

export function algorithmFact(info: Info): ReactNode {
  return info === null ? "None" : <bdi translate="no">{info.algorithm}</bdi>;
}

export function countFact(info: Info): ReactNode {
  return info === null ? "None" : formatNumber(info.count);
}

export function etagFact(info: Info): ReactNode {
  return info === null ? "None" : <bdi translate="no">{info.etag}</bdi>;
}

/** Whether this device uploads new keys by itself, and to which version. */
export function uploadFact(version: BackupVersion | null): ReactNode {
  if (version === null) return "Off";
  return (
    <>
      On, to version <bdi>{version}</bdi>
    </>
  );
}
