import { isRetryable, type AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { fetchPublishedMasterKey } from "./crossSigning";
import { isObject } from "./errorOfAnswer";
import { loadCryptoWasm, masterKeyOf, withFreed } from "./olmMachine";
import { redactingLogger } from "./redactingLogger";
import type { SessionContext } from "./sessionContext";
import { uploadSigningKeys, type Askers } from "./signingKeysUpload";
import { attempt } from "./toAppError";

/** A new identity that exists in memory only. Secret. */
export interface NewIdentity {
  readonly masterKey: string;
  /** The body of `POST /keys/device_signing/upload`. */
  readonly signingKeys: Readonly<Record<string, unknown>>;
  /** In the order of CROSS_SIGNING_SECRETS. */
  readonly secrets: readonly [string, string, string];
}

/**
 * Makes the keys of a new identity in a crypto machine of their own, which has no store and is
 * closed at once. The machine of this device must not make them: it would drop its present keys
 * before the server has agreed, and a cancelled password would then leave an account whose identity
 * nobody holds. The signature by that machine's device is taken off: there is no such device.
 */
export async function makeIdentity(
  context: Pick<SessionContext, "user">,
): Promise<Result<NewIdentity, AppError>> {
  const made = await attempt(async () => {
    const { DeviceId, OlmMachine, UserId } = await loadCryptoWasm();
    const machine = await withFreed(new UserId(context.user.userId), (userId) =>
      withFreed(new DeviceId(context.user.deviceId), (deviceId) =>
        OlmMachine.initialize(userId, deviceId, undefined, undefined, redactingLogger),
      ),
    );
    try {
      const body = await withFreed(await machine.bootstrapCrossSigning(true), (requests) =>
        withFreed(requests.uploadSigningKeysRequest, (request) => request.body),
      );
      const exported = await machine.exportCrossSigningKeys();
      if (exported === undefined) return null;
      const secrets = await withFreed(exported, (keys) => [
        keys.masterKey,
        keys.self_signing_key,
        keys.userSigningKey,
      ]);
      return identityOf(JSON.parse(body), secrets);
    } finally {
      machine.close();
    }
  });
  if (!made.ok) return made;
  return made.value === null
    ? fail({ kind: "unexpected", detail: "no identity could be made" })
    : ok(made.value);
}

function identityOf(
  body: unknown,
  [master, selfSigning, userSigning]: readonly (string | undefined)[],
): NewIdentity | null {
  if (!isObject(body) || !isObject(body.master_key)) return null;
  const { signatures: _ofNobody, ...masterKeyObject } = body.master_key;
  const masterKey = masterKeyOf(masterKeyObject);
  if (masterKey === null) return null;
  if (master === undefined || selfSigning === undefined || userSigning === undefined) return null;
  const signingKeys = { ...body, master_key: masterKeyObject };
  return { masterKey, signingKeys, secrets: [master, selfSigning, userSigning] };
}

/** What the server says about the identity after an attempt to publish. */
export type Published =
  | { readonly kind: "published" }
  /** The server still has the identity from before: nothing was changed. */
  | { readonly kind: "unchanged"; readonly error: AppError }
  /** It could not be asked, or has not answered to the attempt. The keys must be kept. */
  | { readonly kind: "in_doubt"; readonly error: AppError };

/**
 * Publishes the new identity in place of the one named, once that is confirmed. Whatever the
 * answer was: what counts is which identity the server has afterwards.
 */
export async function publishNewIdentity(
  context: SessionContext,
  identity: NewIdentity,
  { replaces, ...askers }: Askers & { readonly replaces: string },
): Promise<Published> {
  const sent = await uploadSigningKeys(context, identity.signingKeys, {
    ...askers,
    confirm: () => confirmSame(context, replaces),
  });
  if (sent.ok) return { kind: "published" };
  const now = await fetchPublishedMasterKey(context);
  if (!now.ok) return { kind: "in_doubt", error: sent.error };
  if (now.value === identity.masterKey) return { kind: "published" };
  // Without an answer the server may still be at it.
  return { kind: isRetryable(sent.error) ? "in_doubt" : "unchanged", error: sent.error };
}

/** Whether the account still has the identity that the person agreed to replace. */
async function confirmSame(
  context: SessionContext,
  masterKey: string,
): Promise<Result<void, AppError>> {
  const published = await fetchPublishedMasterKey(context);
  if (!published.ok) return published;
  return published.value === masterKey
    ? ok(undefined)
    : fail({ kind: "identity", reason: "changed_meanwhile" });
}
