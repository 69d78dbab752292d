import type { JournaledChange } from "@/domain/changeJournal";
import type { AppError } from "@/domain/errors";
import { describePassphraseProblem } from "./describePassphraseProblem";
import { describeKeyFileProblem } from "./describeKeyFileProblem";
import { describeRecoveryKeyProblem } from "./describeRecoveryKeyProblem";
import { describeNotMatrix, describeServerError } from "./describeServerError";
import {
  describeBackupChange,
  describeIdentityError,
  describeSecretStorageError,
  describeStorageError,
} from "./describeVaultError";
import { describeSignInError, EMAIL_AS_HOMESERVER, isEmailAddress } from "./describeSignIn";
import { describeVerificationError } from "./describeVerificationError";
import type { ErrorWords } from "./errorWords";
import { formatCount } from "./formatNumber";

/**
 * An error in words: what happened (title), then what is safe and what to do (body), and the kind
 * of the next step. `retry` also means "start the same thing again".
 */
export function describeError(error: AppError): ErrorWords {
  switch (error.kind) {
    case "network":
      return {
        title: "The homeserver cannot be reached",
        body: "Check the connection and the spelling of the homeserver’s address, then try again. This changes nothing about your keys.",
        action: "retry",
      };
    case "offline":
      return {
        title: "You are offline",
        body: "This browser has no connection at the moment. Nothing was changed. Try again when it has one.",
        action: "retry",
      };
    case "timeout":
      return {
        title: "The homeserver took too long to answer",
        body: "Nothing on this device was lost. Try again in a moment.",
        action: "retry",
      };
    case "rate_limited":
      return {
        title: "The homeserver asks to wait",
        body: `There were too many requests in a short time. Nothing is wrong with your account. ${waitWords(error.retryAfterMs)}`,
        action: "retry",
      };
    case "signed_out":
      return error.soft
        ? {
            title: "Your session has expired",
            body: "Everything on this device is kept. Sign in again to go on.",
            action: "sign_in",
          }
        : {
            title: "This device was signed out",
            body: "Another of your devices, or the server, ended this session. Your backup on the server is not touched by that. Sign in again to go on.",
            action: "sign_in",
          };
    case "server":
      return describeServerError(error);
    case "not_matrix":
      return describeNotMatrix(error.detail);
    case "insecure_homeserver":
      return {
        title: "This homeserver’s address is not secure",
        body: `Plain http would send your password to ${error.host} readable for everyone on the way. Nothing was sent. Use an address that starts with https://.`,
        action: "none",
      };
    case "homeserver_not_found":
      if (isEmailAddress(error.input)) return EMAIL_AS_HOMESERVER;
      return {
        title: "No Matrix homeserver was found there",
        body: `Nothing at “${error.input}” answers as a Matrix homeserver. Nothing was sent. Check the spelling, or enter the full address that starts with https://.`,
        action: "none",
      };
    case "sign_in_unsupported":
      return {
        title: "This homeserver offers no sign-in that this app knows",
        body: `${error.host} only offers other ways to sign in. Nothing was sent.`,
        action: "none",
      };
    case "sign_in":
      return describeSignInError(error);
    case "wrong_password":
      return {
        title: "Wrong username or password",
        body: "The homeserver does not know this combination. Check both and try again. Upper and lower case matter in the password.",
        action: "none",
      };
    case "account_deactivated":
      return {
        title: "This account has been deactivated",
        body: "The homeserver no longer lets anyone sign in to it. Only the administrator of the homeserver can say more.",
        action: "none",
      };
    case "no_backup":
      return {
        title: "There is no backup on the server",
        body: "The keys on this device are untouched. You can set up a backup to keep them safe.",
        action: "none",
      };
    case "backup_changed":
      return describeBackupChange(error.expected, error.actual);
    case "change_unfinished":
      return {
        title: `${UNFINISHED[error.change]} was begun here and not finished`,
        body: "Nothing else is changed before that is done, so that no key gets lost between the two. Go to the overview to finish it or to take it back.",
        action: "none",
      };
    case "keys_at_risk":
      return {
        title: `Backup version ${error.version} was not deleted: it holds keys that are nowhere else`,
        body: `${formatCount(error.count, "key")} of it ${error.count === 1 ? "is" : "are"} neither in the other backup nor stored on this device. Nothing was lost. Keep this version.`,
        action: "retry",
      };
    case "upload_off":
      return {
        title: "The upload is turned off on this device",
        body: "This needs it: keys go from one backup to the other by way of this device. No backup was changed. Turn the upload on under Manage first, then try again.",
        action: "none",
      };
    case "still_there":
      return {
        title: `Backup version ${error.version} is still on the server`,
        body: "The server did not delete it, or says two different things about it. The keys in it and those on this device are untouched. Try again in a moment.",
        action: "retry",
      };
    case "unsupported_algorithm":
      return {
        title: "This backup is of a kind this app does not know",
        body: `It says it uses “${error.algorithm}”. Nothing was lost. A newer version of this app, or the app that made the backup, may be able to open it.`,
        action: "none",
      };
    case "recovery_key":
      return { ...describeRecoveryKeyProblem(error.problem), action: "none" };
    case "passphrase":
      return { ...describePassphraseProblem(error.problem), action: "none" };
    case "secret_storage":
      return describeSecretStorageError(error.reason);
    case "decryption_key":
      return error.reason === "absent"
        ? {
            title: "The backup is locked on this device",
            body: "The backup itself is safe on the server. Enter your recovery key to open it.",
            action: "none",
          }
        : {
            title: "The key held here belongs to another backup",
            body: "The backup was probably replaced by another of your devices. Nothing was lost. Enter the recovery key of the current backup.",
            action: "none",
          };
    case "identity":
      return describeIdentityError(error.reason);
    case "verification":
      return describeVerificationError(error.reason);
    case "key_file":
      return { ...describeKeyFileProblem(error.problem), action: "none" };
    case "storage":
      return describeStorageError(error.reason);
    case "insecure_page":
      return {
        title: "This page was not loaded over a secure connection",
        body: "Browsers give the cryptography that your keys need only to pages with an address that starts with https://. Nothing was sent, and your backup is untouched. Open this app at its https:// address.",
        action: "none",
      };
    case "part_missing":
      return {
        title: "A part of the app did not arrive",
        body: "Nothing was lost. Either the connection broke, or a newer version of the app has taken its place. Reload the page when you are connected.",
        action: "reload",
      };
    case "crypto_unavailable":
      if (error.absent === true) {
        return {
          title: "This browser has no WebAssembly",
          body: "Your keys need it, and a setting, an extension or a lockdown mode has switched it off. Your backup is untouched. Switch it on for this page, then reload, or use another browser.",
          action: "reload",
        };
      }
      return {
        title: "The encryption part of this app did not load",
        body: "This can happen when the connection breaks at the wrong moment, when the app was just updated, or when WebAssembly is switched off in the browser. Your keys and your backup are untouched. Reload the page.",
        action: "reload",
      };
    case "worker_crashed":
      return {
        title: "A background task stopped unexpectedly",
        body: "The browser may have run out of memory. Everything stored up to then is kept. Start it again; it goes on with what is still missing.",
        action: "retry",
      };
    case "closed":
      return {
        title: "The session was closed in the middle of this",
        body: "Everything stored up to then is kept. Start it again once you are signed in.",
        action: "none",
      };
    case "unexpected":
      return {
        title: "Something went wrong that should not have",
        body: "Nothing was deleted. Reload the page; if it happens again, please report it together with the details.",
        action: "reload",
      };
  }
}

/** A wrong password where the user is known. */
export const WRONG_PASSWORD_ALONE = {
  title: "Wrong password",
  body: "The homeserver does not take it for this account. Upper and lower case matter. Nothing here was changed.",
} as const;

const UNFINISHED: Readonly<Record<JournaledChange, string>> = {
  replace_backup: "Replacing the backup",
  change_recovery_key: "Changing the recovery key",
  delete_backups: "Deleting the backups",
  delete_key_storage: "Deleting key storage",
  reset_identity: "Resetting your identity",
};

function waitWords(retryAfterMs: number | null): string {
  if (retryAfterMs === null) return "Wait a little, then try again.";
  const seconds = Math.ceil(retryAfterMs / 1_000);
  return `Wait ${seconds === 1 ? "1 second" : `${seconds} seconds`}, then try again.`;
}
