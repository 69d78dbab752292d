/** Remembers the verification under way across a reload of the page. Ids only, no secret. */
export interface VerificationMemory {
  read(): string | null;
  write(transactionId: string | null): void;
}

/** For a session that leaves nothing in the browser. */
export function createUnstoredVerificationMemory(): VerificationMemory {
  let current: string | null = null;
  return {
    read: () => current,
    write(transactionId) {
      current = transactionId;
    },
  };
}

/** In the tab's own storage; where the browser forbids it, nothing is remembered. */
export function createVerificationMemory(deviceId: string): VerificationMemory {
  const key = `key-backup.verification.${deviceId}`;
  return {
    read() {
      try {
        return globalThis.sessionStorage.getItem(key);
      } catch {
        return null;
      }
    },
    write(transactionId) {
      try {
        if (transactionId === null) globalThis.sessionStorage.removeItem(key);
        else globalThis.sessionStorage.setItem(key, transactionId);
      } catch {
        // Forbidden: after a reload the other device then waits until its time is over.
      }
    },
  };
}
