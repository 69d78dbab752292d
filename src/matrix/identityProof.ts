import type { AppError } from "@/domain/errors";
import type { IdentityProof } from "@/domain/keyTest";
import { ok, type Result } from "@/domain/result";
import { publicEd25519Of } from "@/lib/ed25519";
import { encodeUnpaddedBase64 } from "matrix-js-sdk/lib/base64";
import { fetchPublishedMasterKey } from "./crossSigning";
import { CROSS_SIGNING_SECRETS, readSecret, type StorageKey } from "./secretStorage";
import { decodeBackupSecret } from "./secretStorageBackupKey";
import type { SessionContext } from "./sessionContext";

/**
 * Whether the private keys of the account's identity stand behind a key of secret storage, and are
 * those of the published one (Client-Server API, "Cross-signing"; a private key is an Ed25519 seed
 * in base64). Asks the server and tells this device nothing.
 */
export async function proveIdentity(
  context: Pick<SessionContext, "request" | "user">,
  key: StorageKey,
): Promise<Result<IdentityProof, AppError>> {
  const published = await fetchPublishedMasterKey(context);
  if (!published.ok) return published;
  if (published.value === null) return ok("no_identity");
  let masterText = "";
  for (const name of CROSS_SIGNING_SECRETS) {
    const secret = await readSecret(context, name, key);
    if (!secret.ok) return secret;
    if (secret.value === "absent") return ok("missing");
    const seed = secret.value === "unreadable" ? null : decodeBackupSecret(secret.value.text);
    if (secret.value === "unreadable" || seed === null) return ok("unreadable");
    seed.fill(0);
    if (name === "m.cross_signing.master") masterText = secret.value.text;
  }
  const master = decodeBackupSecret(masterText);
  const derived = master === null ? null : await publicEd25519Of(master);
  master?.fill(0);
  if (derived === null) return ok("decrypts");
  return ok(encodeUnpaddedBase64(derived) === published.value ? "matches" : "differs");
}
