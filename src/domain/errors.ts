import type { BackupVersion } from "./backup";
import type { JournaledChange } from "./changeJournal";
import type { PassphraseProblem } from "./passphrase";
import type { KeyFileProblem } from "./keyFile";
import type { RecoveryKeyProblem } from "./recoveryKey";
import type { SignInFailure } from "./signIn";

/**
 * Every failure the app knows, as plain data (it crosses worker boundaries and is never a live
 * Error). `detail` is redacted text for a report: never a key, token, password or message.
 */
export type AppError =
  /** The request got no answer: offline, refused, DNS, TLS, CORS. */
  | { readonly kind: "network"; readonly detail: string }
  /** No answer, and the browser says that it has no connection. */
  | { readonly kind: "offline" }
  /** No answer, or no further bytes, within the time limit. */
  | { readonly kind: "timeout"; readonly detail: string }
  | { readonly kind: "rate_limited"; readonly retryAfterMs: number | null }
  /** The access token is no longer accepted. `soft`: signing in again keeps this device. */
  | { readonly kind: "signed_out"; readonly soft: boolean }
  /** Another Matrix error answer. `message` is the server's own text, shown as a quotation. */
  | {
      readonly kind: "server";
      readonly status: number;
      readonly errcode: string | null;
      readonly message: string | null;
    }
  /** An answer that is not Matrix: a captive portal, a web page, broken JSON. */
  | { readonly kind: "not_matrix"; readonly detail: string }
  /** Plain http to a host that is not this computer. */
  | { readonly kind: "insecure_homeserver"; readonly host: string }
  | { readonly kind: "homeserver_not_found"; readonly input: string }
  /** It offers no way to sign in that is known here. */
  | { readonly kind: "sign_in_unsupported"; readonly host: string }
  /** A sign-in on another page, or with an access token, came to nothing. `host`: of that page. */
  | { readonly kind: "sign_in"; readonly reason: SignInFailure; readonly host: string | null }
  | { readonly kind: "wrong_password" }
  | { readonly kind: "account_deactivated" }
  | { readonly kind: "no_backup" }
  | {
      readonly kind: "backup_changed";
      readonly expected: BackupVersion | null;
      readonly actual: BackupVersion | null;
    }
  /** A change of several steps was begun on this device and has to be ended first. */
  | { readonly kind: "change_unfinished"; readonly change: JournaledChange }
  /** Keys of the version are nowhere else; it was not deleted. */
  | { readonly kind: "keys_at_risk"; readonly version: BackupVersion; readonly count: number }
  /** The upload is turned off on this device; nothing was changed. */
  | { readonly kind: "upload_off" }
  /** The server took the deletion, and shows the backup all the same. */
  | { readonly kind: "still_there"; readonly version: BackupVersion }
  | { readonly kind: "unsupported_algorithm"; readonly algorithm: string }
  | { readonly kind: "recovery_key"; readonly problem: RecoveryKeyProblem }
  | { readonly kind: "passphrase"; readonly problem: PassphraseProblem }
  | {
      readonly kind: "secret_storage";
      readonly reason:
        | "not_set_up"
        | "default_key_broken"
        /** The pointer to the default key was blanked, as clients do that turn recovery off. */
        | "turned_off"
        /** The default key's description is not there, or was blanked: the pointer leads nowhere. */
        | "default_key_missing"
        /** The default key is of an algorithm that is not known here. */
        | "default_key_unsupported"
        /** Without a check value and without secrets, nothing tells the right key from a wrong one. */
        | "default_key_unprovable"
        | "backup_key_missing"
        /** The backup's secret was blanked, as clients do that turn key storage off. */
        | "backup_key_blanked"
        /** It is stored, but under another key of the account. */
        | "backup_key_elsewhere"
        | "backup_key_malformed"
        | "read_back_failed"
        /** The server denies what it has told of before, or what a second answer shows. */
        | "contradiction"
        /** Something else was stored there while this was under way; it was not overwritten. */
        | "changed_meanwhile";
    }
  /** No backup decryption key is held on this device, or it fits another backup. */
  | { readonly kind: "decryption_key"; readonly reason: "absent" | "mismatch" }
  | {
      readonly kind: "identity";
      readonly reason:
        | "held_elsewhere"
        | "password_cancelled"
        | "auth_unsupported"
        /** The confirmation on another page was called off. */
        | "not_confirmed"
        | "not_imported"
        /** Another device replaced the identity while this was under way. */
        | "changed_meanwhile"
        /** The server shows no identity, and its private keys are in secret storage. */
        | "contradiction";
    }
  /**
   * No device can be asked; nothing of the kind is under way; or the scanned code is not the one of
   * this verification.
   */
  | {
      readonly kind: "verification";
      readonly reason: "no_helper" | "not_under_way" | "wrong_code";
    }
  | { readonly kind: "key_file"; readonly problem: KeyFileProblem }
  /** `lost`: the session is stored and its crypto store is not there any more. */
  | {
      readonly kind: "storage";
      readonly reason: "quota" | "blocked" | "unavailable" | "mismatch" | "lost";
    }
  /** The page was not loaded over https: the browser gives it no cryptography. */
  | { readonly kind: "insecure_page" }
  /** Code of the app that is loaded on demand did not arrive. Browsers may remember that until a reload. */
  | { readonly kind: "part_missing" }
  /** The crypto WebAssembly did not load; only a page reload helps (the SDK remembers the failure). */
  | {
      readonly kind: "crypto_unavailable";
      readonly detail: string;
      /** The browser has no WebAssembly at all. */
      readonly absent?: true;
    }
  | { readonly kind: "worker_crashed" }
  /** The session was closed while the call was under way. */
  | { readonly kind: "closed" }
  | { readonly kind: "unexpected"; readonly detail: string };

export type AppErrorKind = AppError["kind"];

/** Whether the same call may succeed later without the person changing anything. */
export function isRetryable(error: AppError): boolean {
  switch (error.kind) {
    case "network":
    case "offline":
    case "timeout":
    case "rate_limited":
    case "not_matrix":
      return true;
    case "server":
      return error.status >= 500;
    default:
      return false;
  }
}
