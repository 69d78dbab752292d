import type { OlmMachine, RequestType } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { fetchPublishedMasterKey, readIdentityFacts, refreshOwnKeys } from "./crossSigning";
import { importIdentity, signThisDevice } from "./crossSigningImport";
import { isObject } from "./errorOfAnswer";
import { loadCryptoWasm, olmMachineOf, readPrivateKeysHere } from "./olmMachine";
import type { StorageKey } from "./secretStorage";
import type { SessionContext } from "./sessionContext";
import { isHeldElsewhere } from "./setUpIdentityPlan";
import { uploadSigningKeys, type Askers } from "./signingKeysUpload";
import { confirmNoIdentity } from "./setUpWitness";
import { attempt } from "./toAppError";

/**
 * Brings the account to a published identity whose private keys are here and that has signed this
 * device. Never replaces an identity. Answers with its public master key.
 */
export async function setUpIdentity(
  context: SessionContext,
  key: StorageKey | null,
  askers: Askers,
): Promise<Result<string, AppError>> {
  const found = key === null ? readIdentityFacts(context) : importIdentity(context, key);
  let facts = await found;
  if (!facts.ok) return facts;
  if (isHeldElsewhere(facts.value, false))
    return fail({ kind: "identity", reason: "held_elsewhere" });
  if (facts.value.published === null) {
    const none = await confirmNoIdentity(context);
    if (!none.ok) return none;
    const published = await publishIdentity(context, askers);
    if (!published.ok) return published;
    facts = await readIdentityFacts(context);
    if (!facts.ok) return facts;
  }
  if (!facts.value.deviceVerified) facts = await signThisDevice(context);
  if (!facts.ok) return facts;
  const { published, known, deviceVerified } = facts.value;
  if (published === null || published !== known || !deviceVerified) {
    return fail({ kind: "unexpected", detail: "the identity did not sign this device" });
  }
  return ok(published);
}

/**
 * Publishes the identity this device holds, or makes one when it holds none. Not the SDK's
 * bootstrapCrossSigning(): when a first upload has failed, that one believes the work done because
 * the private keys are here.
 */
async function publishIdentity(
  context: SessionContext,
  askers: Askers,
): Promise<Result<void, AppError>> {
  const prepared = await attempt(() => prepareUploads(context));
  if (!prepared.ok) return prepared;
  const { machine, device, signingKeys, signatures } = prepared.value;
  for (const upload of device) {
    const sent = await send(context, machine, "/keys/upload", upload);
    if (!sent.ok) return sent;
  }
  const uploaded = await uploadSigningKeys(context, signingKeys, {
    askPassword: askers.askPassword,
    confirmElsewhere: askers.confirmElsewhere,
    confirm: () => confirmFree(context),
  });
  if (!uploaded.ok) return uploaded;
  const signed = await send(context, machine, "/keys/signatures/upload", signatures);
  if (!signed.ok) return signed;
  return attempt(() => refreshOwnKeys(context));
}

async function confirmFree(context: SessionContext): Promise<Result<void, AppError>> {
  const published = await fetchPublishedMasterKey(context);
  if (!published.ok) return published;
  return published.value === null
    ? ok(undefined)
    : fail({ kind: "identity", reason: "held_elsewhere" });
}

/** A request of the crypto machine as plain data, so that the wasm object is freed at once. */
interface Upload {
  readonly id: string;
  readonly type: RequestType;
  readonly body: Readonly<Record<string, unknown>>;
}

async function prepareUploads(context: SessionContext): Promise<{
  readonly machine: OlmMachine;
  readonly device: readonly Upload[];
  readonly signingKeys: Readonly<Record<string, unknown>>;
  readonly signatures: Upload;
}> {
  const { KeysUploadRequest } = await loadCryptoWasm();
  const machine = await olmMachineOf(context);
  // With all private keys here this repeats their upload; with some, they are of no use to anyone.
  const isIncomplete = (await readPrivateKeysHere(machine)) === "some";
  const requests = await machine.bootstrapCrossSigning(isIncomplete);
  const deviceKeys: unknown = requests.uploadKeysRequest;
  const signingKeys = requests.uploadSigningKeysRequest;
  const signatures = requests.uploadSignaturesRequest;
  try {
    return {
      machine,
      device: deviceKeys instanceof KeysUploadRequest ? [toUpload(deviceKeys)] : [],
      signingKeys: parseBody(signingKeys.body),
      signatures: toUpload(signatures),
    };
  } finally {
    if (deviceKeys instanceof KeysUploadRequest) deviceKeys.free();
    signingKeys.free();
    signatures.free();
    requests.free();
  }
}

async function send(
  context: SessionContext,
  machine: OlmMachine,
  path: string,
  upload: Upload,
): Promise<Result<void, AppError>> {
  const answer = await context.request("POST", path, { body: upload.body });
  if (!answer.ok) return answer;
  const failures = isObject(answer.value) ? answer.value.failures : undefined;
  if (isObject(failures) && Object.keys(failures).length > 0) {
    return fail({ kind: "unexpected", detail: "the server refused a signature" });
  }
  const { id, type } = upload;
  return attempt(async () => {
    await machine.markRequestAsSent(id, type, JSON.stringify(answer.value));
  });
}

function toUpload(request: {
  readonly id: string | undefined;
  readonly type: RequestType;
  readonly body: string;
}): Upload {
  return { id: request.id ?? "", type: request.type, body: parseBody(request.body) };
}

function parseBody(body: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(body);
  if (!isObject(parsed)) throw new Error("a request of the crypto module is not an object");
  return parsed;
}
