import type { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import type { CarryOverMissing } from "@/domain/session";
import { wipe } from "@/lib/bytes";
import { decodeBase64, encodeUnpaddedBase64 } from "matrix-js-sdk/lib/base64";
import { olmMachineOf, readKnownIdentity, readPrivateKeysHere, withFreed } from "./olmMachine";
import type { SessionContext } from "./sessionContext";
import { attempt } from "./toAppError";

/**
 * What else in an ended device's store may be nowhere else. The backup decryption key is taken over
 * when this device holds none. Private identity keys are not: the device they were on was ended,
 * and a new one is verified by the person. Answers what may be left that only the old store holds.
 */
export async function carryOverSecrets(
  from: OlmMachine,
  context: SessionContext,
): Promise<readonly CarryOverMissing[]> {
  const missing: CarryOverMissing[] = [];
  if (!(await carryOverBackupKey(from, context))) missing.push("backup_key");
  if (!(await isIdentityHeld(from, context))) missing.push("identity");
  return missing;
}

async function carryOverBackupKey(from: OlmMachine, context: SessionContext): Promise<boolean> {
  const old = await readBackupKey(from);
  if (old === null) return true;
  const held = await context.crypto().getSessionBackupPrivateKey();
  try {
    // Never over one that is held here: it may be the right one.
    if (held !== null) return encodeUnpaddedBase64(held) === encodeUnpaddedBase64(old.key);
    if (old.version === undefined) return false;
    await context.crypto().storeSessionBackupPrivateKey(old.key, old.version);
  } finally {
    wipe(old.key, held);
  }
  // Lets the upload begin if this is the key of the server's backup.
  void attempt(async () => context.crypto().checkKeyBackupAndEnable());
  return true;
}

async function readBackupKey(machine: OlmMachine) {
  return withFreed(await machine.getBackupKeys(), async ({ decryptionKey, backupVersion }) => {
    if (decryptionKey === undefined) return null;
    return withFreed(decryptionKey, () => ({
      key: decodeBase64(decryptionKey.toBase64()),
      version: backupVersion,
    }));
  });
}

/** Are the private identity keys of the old store here too, or of an identity that is no more? */
async function isIdentityHeld(from: OlmMachine, context: SessionContext): Promise<boolean> {
  if ((await readPrivateKeysHere(from)) === "none") return true;
  const { userId } = context.user;
  const machine = await olmMachineOf(context);
  const before = await readKnownIdentity(from, userId);
  const now = await readKnownIdentity(machine, userId);
  if (before === null || now === null) return false;
  // Another identity counts only once it was verified here: the server alone could make one up.
  if (before.masterKey !== now.masterKey) return now.verified;
  return (await readPrivateKeysHere(machine)) === "all";
}
