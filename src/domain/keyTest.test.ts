import { describe, expect, it } from "vitest";
import {
  aBackup,
  backupVersion,
  failedReading,
  known,
  noIdentity,
  noSecretStorage,
  readyIdentity,
  readySecretStorage,
  stale,
} from "@/testing/facts";
import { aKeyTestReport } from "@/testing/fakeKeyPorts";
import {
  doubtKeyTest,
  failedEntries,
  rememberKeyTest,
  resultOfKeyTest,
  unseenEntries,
  type EntryTest,
  type IdentityProof,
  type KeyTestReport,
  type KeyTestResult,
  type LastKeyTest,
} from "./keyTest";
import { UNREAD } from "./reading";

const good: EntryTest = {
  scope: "sample",
  expected: 100,
  tested: 50,
  opened: 50,
  failed: {},
  rooms: 3,
  endedBy: null,
};
const entries = (changes: Partial<EntryTest>): Partial<KeyTestReport> => ({
  entries: { ...good, ...changes },
});
const version = backupVersion("2");

describe("the result of a test", () => {
  const cases: [string, Partial<KeyTestReport>, KeyTestResult][] = [
    ["everything that was looked at opens", {}, "works"],
    ["an empty backup, and the identity", entries({ expected: 0, tested: 0, opened: 0 }), "works"],
    ["all of it", entries({ scope: "all", tested: 100, opened: 100 }), "works"],
    ["one damaged entry", entries({ opened: 49, failed: { undecryptable: 1 } }), "partly"],
    ["nothing looked at", entries({ tested: 0, opened: 0 }), "partly"],
    ["fewer sent than counted", entries({ scope: "all", tested: 99, opened: 99 }), "partly"],
    ["stopped", entries({ scope: "all", tested: 60, opened: 60, endedBy: "stopped" }), "partly"],
    ["broken off", entries({ endedBy: { kind: "network", detail: "" } }), "partly"],
    ["no backup to open", { backup: { kind: "no_backup" }, entries: null }, "partly"],
    [
      "of an older backup",
      {
        backup: {
          kind: "does_not_fit",
          version,
          error: {
            kind: "recovery_key",
            problem: { reason: "older_backup", version: backupVersion("1"), of: "secret" },
          },
        },
        entries: null,
      },
      "fails",
    ],
  ];
  it.each(cases)("%s", (_, changes, result) => {
    expect(resultOfKeyTest(aKeyTestReport(changes))).toBe(result);
  });

  const identities: Record<IdentityProof, KeyTestResult> = {
    matches: "works",
    decrypts: "works",
    no_identity: "works",
    differs: "partly",
    missing: "partly",
    unreadable: "partly",
    not_reached: "partly",
  };
  it.each(Object.entries(identities))("with the identity %s: %s", (identity, result) => {
    const report = aKeyTestReport({ identity: identity as IdentityProof });
    expect(resultOfKeyTest(report)).toBe(result);
  });
});

describe("the last test", () => {
  const last = rememberKeyTest(aKeyTestReport({ backup: { kind: "fits", version } }));
  const facts = {
    backup: known(aBackup({ version })),
    secretStorage: known(readySecretStorage),
    crossSigning: known(readyIdentity),
  };
  type Row = [string, Partial<LastKeyTest>, Partial<Parameters<typeof doubtKeyTest>[1]>, unknown];
  it.each<Row>([
    ["nothing has changed", {}, {}, null],
    [
      "nothing has changed, by what was read before",
      {},
      { backup: stale(aBackup({ version })) },
      null,
    ],
    ["another version", { version: backupVersion("1") }, {}, "backup"],
    ["the backup is gone", {}, { backup: known(null) }, "backup"],
    ["there was no backup, and is one now", { version: null }, {}, "backup"],
    [
      "another recovery key",
      {},
      { secretStorage: known({ ...readySecretStorage, keyId: "another" }) },
      "recovery_key",
    ],
    [
      "the recovery key is only no longer named",
      {},
      { secretStorage: known(noSecretStorage) },
      null,
    ],
    [
      "another identity",
      {},
      { crossSigning: known({ ...readyIdentity, masterKey: "another" }) },
      "identity",
    ],
    ["no identity any more", {}, { crossSigning: known(noIdentity) }, "identity"],
    ["of an earlier build", { against: null }, {}, "unknown"],
    ["the backup is not read", {}, { backup: UNREAD }, "unknown"],
    ["secret storage could not be read", {}, { secretStorage: failedReading }, "unknown"],
    ["the identity is not read", {}, { crossSigning: UNREAD }, "unknown"],
  ])("%s", (_, test, changes, doubt) => {
    expect(doubtKeyTest({ ...last, ...test }, { ...facts, ...changes })).toBe(doubt);
  });
});

it("keeps what a test was a test of, time and result, and nothing else", () => {
  expect(rememberKeyTest(aKeyTestReport({ at: 7 }))).toEqual({
    at: 7,
    version: "1",
    result: "works",
    against: { keyId: "defaultKeyId", masterKey: "masterKeyOfAlice" },
  });
  const none = aKeyTestReport({ at: 7, backup: { kind: "no_backup" }, entries: null });
  expect(rememberKeyTest(none)).toMatchObject({ at: 7, version: null, result: "partly" });
});

it("counts what failed, and what a test of all did not see", () => {
  expect(failedEntries({ failed: { malformed: 2, undecryptable: 3 } })).toBe(5);
  expect(unseenEntries({ ...good, scope: "all", expected: 9, tested: 7 })).toBe(2);
  expect(unseenEntries({ ...good, scope: "all", expected: 7, tested: 9 })).toBe(0);
  expect(unseenEntries(good)).toBe(0);
});
