import type { IdentityFacts } from "./crossSigning";

/** Whether there is an identity whose private keys are neither here nor in secret storage. */
export function isHeldElsewhere(identity: IdentityFacts, storedSecrets: boolean): boolean {
  if (identity.privateKeysHere === "all") return false;
  if (identity.published !== null) return !storedSecrets;
  // The server denies an identity that this device has seen: nothing is replaced on its word.
  return identity.known !== null;
}
