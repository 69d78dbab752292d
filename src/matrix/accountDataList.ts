import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { secureRandomString } from "matrix-js-sdk/lib/randomstring";
import { isObject } from "./errorOfAnswer";
import { encryptedEntries } from "./secretStorage";
import type { SessionContext } from "./sessionContext";

/**
 * Nothing but the account's own data. Synapse gives the same answer to the same initial sync for two
 * minutes, so no filter is the same twice: this one leaves out a type that nobody has.
 */
function freshFilter(): string {
  return JSON.stringify({
    account_data: { limit: 10_000, not_types: [`io.github.key_backup.${secureRandomString(16)}`] },
    presence: { not_types: ["*"] },
    room: { rooms: [] },
  });
}

/**
 * All of the account's own account data by a fresh read: an initial `/sync` with everything else
 * left out (the API has no call that lists it). What has been blanked to `{}` is left out.
 * To-device messages that come along are not acknowledged by it, so the SDK gets them too.
 */
export async function listAccountData(
  context: Pick<SessionContext, "request">,
): Promise<Result<ReadonlyMap<string, Readonly<Record<string, unknown>>>, AppError>> {
  const answer = await context.request("GET", "/sync", {
    query: { filter: freshFilter(), timeout: "0", set_presence: "offline" },
  });
  if (!answer.ok) return answer;
  const notMatrix = fail({ kind: "not_matrix", detail: "sync: account data" } as const);
  if (!isObject(answer.value)) return notMatrix;
  const { account_data: part = { events: [] } } = answer.value;
  if (!isObject(part) || !Array.isArray(part.events)) return notMatrix;
  const found = new Map<string, Readonly<Record<string, unknown>>>();
  for (const event of part.events) {
    if (!isObject(event) || typeof event.type !== "string" || !isObject(event.content)) {
      return notMatrix;
    }
    if (Object.keys(event.content).length > 0) found.set(event.type, event.content);
  }
  return ok(found);
}

/** The names of everything that is stored under one secret storage key, in a fixed order. */
export async function listSecretsUnder(
  context: Pick<SessionContext, "request">,
  keyId: string,
): Promise<Result<readonly string[], AppError>> {
  const all = await listAccountData(context);
  if (!all.ok) return all;
  const names = [...all.value].flatMap(([name, content]) =>
    encryptedEntries(content).has(keyId) ? [name] : [],
  );
  return ok(names.toSorted());
}
