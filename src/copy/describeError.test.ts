import { describe, expect, it } from "vitest";
import type { BackupVersion } from "@/domain/backup";
import type { AppError, AppErrorKind } from "@/domain/errors";
import type { SignInFailure } from "@/domain/signIn";
import { describeError } from "./describeError";

const v = (version: string) => version as BackupVersion;

const SIGN_IN_FAILURES = [
  "cancelled",
  "not_asked",
  "too_late",
  "spent",
  "refused",
  "unavailable",
  "interrupted",
  "other_server",
  "wrong_issuer",
  "device_removed",
  "other_account",
  "session_stored",
  "not_registered",
  "oauth_unsupported",
  "token_without_device",
  "token_device_in_use",
  "token_refused",
] as const satisfies readonly SignInFailure[];

/** At least one of every kind; the type makes a new kind fail to compile here. */
const EXAMPLES: { readonly [K in AppErrorKind]: readonly Extract<AppError, { kind: K }>[] } = {
  network: [{ kind: "network", detail: "SECRET-DETAIL" }],
  timeout: [{ kind: "timeout", detail: "SECRET-DETAIL" }],
  rate_limited: [
    { kind: "rate_limited", retryAfterMs: null },
    { kind: "rate_limited", retryAfterMs: 1 },
    { kind: "rate_limited", retryAfterMs: 4_200 },
  ],
  signed_out: [
    { kind: "signed_out", soft: true },
    { kind: "signed_out", soft: false },
  ],
  server: [
    { kind: "server", status: 500, errcode: null, message: null },
    { kind: "server", status: 403, errcode: "M_FORBIDDEN", message: "Not here" },
    { kind: "server", status: 413, errcode: "M_TOO_LARGE", message: "Too large" },
    { kind: "server", status: 400, errcode: "M_UNKNOWN", message: "Odd" },
  ],
  not_matrix: [{ kind: "not_matrix", detail: "SECRET-DETAIL" }],
  insecure_homeserver: [{ kind: "insecure_homeserver", host: "example.test" }],
  homeserver_not_found: [{ kind: "homeserver_not_found", input: "exmaple.test" }],
  sign_in_unsupported: [{ kind: "sign_in_unsupported", host: "example.test" }],
  sign_in: SIGN_IN_FAILURES.map((reason, index) => ({
    kind: "sign_in",
    reason,
    host: index % 2 === 0 ? "example.test" : null,
  })),
  offline: [{ kind: "offline" }],
  wrong_password: [{ kind: "wrong_password" }],
  account_deactivated: [{ kind: "account_deactivated" }],
  no_backup: [{ kind: "no_backup" }],
  change_unfinished: [
    { kind: "change_unfinished", change: "replace_backup" },
    { kind: "change_unfinished", change: "change_recovery_key" },
    { kind: "change_unfinished", change: "delete_key_storage" },
    { kind: "change_unfinished", change: "reset_identity" },
  ],
  keys_at_risk: [
    { kind: "keys_at_risk", version: v("1"), count: 1 },
    { kind: "keys_at_risk", version: v("1"), count: 2_000 },
  ],
  backup_changed: [
    { kind: "backup_changed", expected: v("1"), actual: v("2") },
    { kind: "backup_changed", expected: v("1"), actual: null },
    { kind: "backup_changed", expected: null, actual: v("2") },
    { kind: "backup_changed", expected: null, actual: null },
  ],
  upload_off: [{ kind: "upload_off" }],
  still_there: [{ kind: "still_there", version: v("1") }],
  unsupported_algorithm: [{ kind: "unsupported_algorithm", algorithm: "org.example.v9" }],
  recovery_key: [
    { kind: "recovery_key", problem: { reason: "parity" } },
    { kind: "recovery_key", problem: { reason: "does_not_match", keyId: "k" } },
  ],
  passphrase: [
    { kind: "passphrase", problem: { reason: "empty" } },
    { kind: "passphrase", problem: { reason: "not_used" } },
    { kind: "passphrase", problem: { reason: "does_not_match" } },
    { kind: "passphrase", problem: { reason: "not_all_tried", tried: 2, left: 1 } },
    { kind: "passphrase", problem: { reason: "iterations", iterations: 1, are: "few" } },
    { kind: "passphrase", problem: { reason: "iterations", iterations: 2 ** 31, are: "many" } },
    { kind: "passphrase", problem: { reason: "unsupported" } },
  ],
  secret_storage: [
    { kind: "secret_storage", reason: "not_set_up" },
    { kind: "secret_storage", reason: "turned_off" },
    { kind: "secret_storage", reason: "default_key_broken" },
    { kind: "secret_storage", reason: "default_key_missing" },
    { kind: "secret_storage", reason: "default_key_unsupported" },
    { kind: "secret_storage", reason: "default_key_unprovable" },
    { kind: "secret_storage", reason: "backup_key_blanked" },
    { kind: "secret_storage", reason: "backup_key_elsewhere" },
    { kind: "secret_storage", reason: "backup_key_missing" },
    { kind: "secret_storage", reason: "backup_key_malformed" },
    { kind: "secret_storage", reason: "read_back_failed" },
    { kind: "secret_storage", reason: "contradiction" },
    { kind: "secret_storage", reason: "changed_meanwhile" },
  ],
  decryption_key: [
    { kind: "decryption_key", reason: "absent" },
    { kind: "decryption_key", reason: "mismatch" },
  ],
  identity: [
    { kind: "identity", reason: "held_elsewhere" },
    { kind: "identity", reason: "password_cancelled" },
    { kind: "identity", reason: "auth_unsupported" },
    { kind: "identity", reason: "not_confirmed" },
    { kind: "identity", reason: "not_imported" },
    { kind: "identity", reason: "changed_meanwhile" },
    { kind: "identity", reason: "contradiction" },
  ],
  verification: [
    { kind: "verification", reason: "no_helper" },
    { kind: "verification", reason: "not_under_way" },
    { kind: "verification", reason: "wrong_code" },
  ],
  key_file: [
    { kind: "key_file", problem: "not_a_key_file" },
    { kind: "key_file", problem: "cut_off" },
    { kind: "key_file", problem: "wrong_passphrase" },
    { kind: "key_file", problem: "unsupported" },
    { kind: "key_file", problem: "too_large" },
    { kind: "key_file", problem: "no_keys" },
  ],
  insecure_page: [{ kind: "insecure_page" }],
  storage: [
    { kind: "storage", reason: "quota" },
    { kind: "storage", reason: "blocked" },
    { kind: "storage", reason: "unavailable" },
    { kind: "storage", reason: "mismatch" },
    { kind: "storage", reason: "lost" },
  ],
  part_missing: [{ kind: "part_missing" }],
  crypto_unavailable: [
    { kind: "crypto_unavailable", detail: "SECRET-DETAIL" },
    { kind: "crypto_unavailable", detail: "SECRET-DETAIL", absent: true },
  ],
  worker_crashed: [{ kind: "worker_crashed" }],
  closed: [{ kind: "closed" }],
  unexpected: [{ kind: "unexpected", detail: "SECRET-DETAIL" }],
};

const all: readonly AppError[] = Object.values(EXAMPLES).flat();

describe("describeError", () => {
  it("has whole sentences for every error", () => {
    for (const error of all) {
      const { title, body } = describeError(error);
      expect(title, error.kind).toMatch(/^\S.*[^.\s]$/);
      expect(body, error.kind).toMatch(/^\S.*\.$/);
      expect(`${title} ${body}`).not.toMatch(/undefined|null|NaN|\[object|  /);
    }
  });

  it("has words of its own for every error, so that they can be told apart", () => {
    const texts = all.map((error) => {
      const { title, body } = describeError(error);
      return `${title}\n${body}`;
    });
    expect(new Set(texts).size).toBe(all.length);
  });

  it("shows no technical detail; that is for the report", () => {
    for (const error of all) {
      expect(JSON.stringify(describeError(error))).not.toContain("SECRET-DETAIL");
    }
  });

  it("avoids words that Matrix apps have given up, but where a person has a passphrase", () => {
    for (const error of all.filter(({ kind }) => kind !== "passphrase")) {
      const { title, body } = describeError(error);
      const words = `${title} ${body}`;
      // Of a key file it is the word that all apps use.
      if (error.kind !== "key_file") expect(words).not.toMatch(/passphrase/i);
      expect(words).not.toMatch(/security key|security phrase|secure backup|4S|SSSS|megolm/i);
    }
  });

  it("quotes the server as the server, with its code", () => {
    const { body } = describeError({
      kind: "server",
      status: 403,
      errcode: "M_FORBIDDEN",
      message: "Guests cannot",
    });
    expect(body).toContain("It said: “Guests cannot” (M_FORBIDDEN).");
  });

  it("cuts what a server says to a length that fits", () => {
    const { body } = describeError({
      kind: "server",
      status: 400,
      errcode: null,
      message: "x".repeat(100_000),
    });
    expect(body.length).toBeLessThan(600);
  });

  it.each([
    [{ kind: "crypto_unavailable", detail: "" }, "reload"],
    [{ kind: "part_missing" }, "reload"],
    [{ kind: "network", detail: "" }, "retry"],
    [{ kind: "signed_out", soft: true }, "sign_in"],
    [{ kind: "wrong_password" }, "none"],
  ] satisfies [AppError, string][])("offers the step that can help: %j", (error, action) => {
    expect(describeError(error).action).toBe(action);
  });
});
