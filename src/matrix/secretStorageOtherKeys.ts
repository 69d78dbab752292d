import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import { isObject } from "./errorOfAnswer";
import {
  BACKUP_SECRET,
  CROSS_SIGNING_SECRETS,
  readAccountData,
  readKeyDescription,
  type DefaultKey,
  type SecretName,
} from "./secretStorage";
import type { SessionContext } from "./sessionContext";

/** More keys than anybody has; account data is other apps' to fill. */
const MOST_KEYS = 20;

/**
 * The usable keys of secret storage, beside the default one, that have one of these secrets stored
 * under them. The secrets name the keys: there is no list of key descriptions to ask for by itself.
 */
export async function readOtherKeys(
  context: Pick<SessionContext, "request" | "user">,
  defaultKeyId: string | null,
  names: readonly SecretName[] = [BACKUP_SECRET, ...CROSS_SIGNING_SECRETS],
): Promise<Result<readonly Extract<DefaultKey, { kind: "present" }>[], AppError>> {
  const ids = new Set<string>();
  const contents = await Promise.all(names.map((name) => readAccountData(context, name)));
  for (const content of contents) {
    if (!content.ok) return content;
    const encrypted = content.value?.encrypted;
    for (const id of isObject(encrypted) ? Object.keys(encrypted) : []) ids.add(id);
  }
  if (defaultKeyId !== null) ids.delete(defaultKeyId);
  const keys: Extract<DefaultKey, { kind: "present" }>[] = [];
  for (const id of [...ids].slice(0, MOST_KEYS)) {
    const description = await readKeyDescription(context, id);
    if (!description.ok) return description;
    if (description.value.kind === "present") keys.push(description.value);
  }
  return ok(keys);
}
