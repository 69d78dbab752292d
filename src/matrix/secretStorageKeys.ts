import type { AppError } from "@/domain/errors";
import {
  readPassphraseInfo,
  type PassphraseParameters,
  type PassphraseProblem,
} from "@/domain/passphrase";
import { ok, type Result } from "@/domain/result";
import { SECRET_STORAGE_ALGORITHM_V1_AES } from "matrix-js-sdk/lib/secret-storage";
import { readAccountDataAsIs } from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { waitForSync } from "./setUpWitness";
import { attempt } from "./toAppError";

/*
 * Every key that secret storage describes (Client-Server API, "Secrets"), not the default one
 * alone. The sync tells which there are; what each is like is read from the server each time,
 * since another device may have changed it while a person was typing.
 */

/** One key of secret storage as its description says. */
export interface KeyDescription {
  readonly keyId: string;
  /** Unauthenticated text, cut to a line. */
  readonly name: string | null;
  readonly iv: string | null;
  readonly mac: string | null;
  /** How it is made from a passphrase, why it cannot be, or null when it is not made from one. */
  readonly passphrase: Result<PassphraseParameters, PassphraseProblem> | null;
}

/** What the pointer to the default key leads to. */
export type DefaultKeyState =
  | { readonly kind: "usable"; readonly key: KeyDescription }
  | {
      readonly kind: "unusable";
      readonly reason: "not_set_up" | "turned_off" | "default_key_broken";
    }
  | {
      readonly kind: "unusable";
      readonly keyId: string;
      readonly reason: "default_key_missing" | "default_key_unsupported";
    };

/** Keys that an account may have in practice; more are left unread. */
const MOST_KEYS = 20;
const KEY_TYPE = "m.secret_storage.key.";
const LONGEST_NAME = 80;

export async function readDefaultKeyState(
  context: Pick<SessionContext, "request" | "user">,
): Promise<Result<DefaultKeyState, AppError>> {
  const pointer = await readAccountDataAsIs(context, "m.secret_storage.default_key");
  if (!pointer.ok) return pointer;
  if (pointer.value === null) return ok({ kind: "unusable", reason: "not_set_up" });
  if (pointer.value === "blanked") return ok({ kind: "unusable", reason: "turned_off" });
  const { key: keyId } = pointer.value;
  if (typeof keyId !== "string" || keyId === "") {
    return ok({ kind: "unusable", reason: "default_key_broken" });
  }
  const key = await readDescription(context, keyId);
  if (!key.ok) return key;
  if (key.value === "missing") {
    return ok({ kind: "unusable", keyId, reason: "default_key_missing" });
  }
  return key.value === "unsupported"
    ? ok({ kind: "unusable", keyId, reason: "default_key_unsupported" })
    : ok({ kind: "usable", key: key.value });
}

/** The keys beside the default one that could be used, those that the sync has told of. */
export async function readOtherKeys(
  context: SessionContext,
  defaultKey: DefaultKeyState,
): Promise<Result<readonly KeyDescription[], AppError>> {
  const synced = await waitForSync(context);
  if (!synced.ok) return synced;
  const told = await attempt(async () => [...context.client.store.accountData.keys()]);
  if (!told.ok) return told;
  const ids = told.value
    .filter((type) => type.startsWith(KEY_TYPE))
    .map((type) => type.slice(KEY_TYPE.length))
    .filter((keyId) => keyId !== "" && keyId !== idOf(defaultKey));
  const keys: KeyDescription[] = [];
  const descriptions = await Promise.all(
    ids.slice(0, MOST_KEYS).map((keyId) => readDescription(context, keyId)),
  );
  for (const description of descriptions) {
    if (!description.ok) return description;
    if (typeof description.value === "object") keys.push(description.value);
  }
  return ok(keys);
}

/** The id that the account names as its default key's, or null. */
function idOf(defaultKey: DefaultKeyState): string | null {
  if (defaultKey.kind === "usable") return defaultKey.key.keyId;
  return "keyId" in defaultKey ? defaultKey.keyId : null;
}

async function readDescription(
  context: Pick<SessionContext, "request" | "user">,
  keyId: string,
): Promise<Result<KeyDescription | "missing" | "unsupported", AppError>> {
  const content = await readAccountDataAsIs(context, `${KEY_TYPE}${keyId}`);
  if (!content.ok) return content;
  if (content.value === null || content.value === "blanked") return ok("missing");
  const { algorithm, name, iv, mac, passphrase } = content.value;
  if (algorithm !== SECRET_STORAGE_ALGORITHM_V1_AES) return ok("unsupported");
  return ok({
    keyId,
    name: typeof name === "string" ? toLine(name) : null,
    iv: textOrNull(iv),
    mac: textOrNull(mac),
    passphrase:
      passphrase === undefined || passphrase === null ? null : readPassphraseInfo(passphrase),
  });
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** One line without what hides text or turns it round. */
function toLine(name: string): string | null {
  const line = name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "").trim();
  return line === "" ? null : Array.from(line).slice(0, LONGEST_NAME).join("");
}
