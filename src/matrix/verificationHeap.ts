import type { VerificationRequest } from "matrix-js-sdk/lib/crypto-api";

/**
 * Objects of the crypto module that the SDK makes for verifications and leaves to the garbage
 * collector. Each holds the crypto store's database open, so that signing out could not delete it.
 */
export interface VerificationHeap {
  /** Notes the request's objects, now and as they are made. Call it as soon as there is a request. */
  keep(request: VerificationRequest): void;
  /** Frees them all; the requests are of no use after it. Safe to call twice. */
  free(): void;
}

/** Methods of the module's request that make a new object each time they are called. */
const MAKERS = ["getVerification", "generateQrCode", "scanQrCode", "startSas"] as const;

interface Freeable {
  free(): void;
}

/**
 * The SDK keeps the module's request in a private field. When an update has moved it, nothing is
 * noted, and only the end-to-end test of signing out notices.
 */
export function createVerificationHeap(): VerificationHeap {
  const objects = new Set<Freeable>();

  function note(made: unknown): void {
    if (Array.isArray(made)) for (const one of made) note(one);
    else if (isFreeable(made)) objects.add(made);
  }

  function watch(inner: object, method: string): void {
    const make: unknown = Reflect.get(inner, method);
    if (typeof make !== "function") return;
    Reflect.set(inner, method, (...given: unknown[]): unknown => {
      const made: unknown = make.apply(inner, given);
      if (!(made instanceof Promise)) {
        note(made);
        return made;
      }
      return made.then((value: unknown) => {
        note(value);
        return value;
      });
    });
  }

  return {
    keep(request) {
      const inner: unknown = Reflect.get(request, "inner");
      if (!isFreeable(inner) || objects.has(inner)) return;
      objects.add(inner);
      for (const method of MAKERS) watch(inner, method);
      // Asked for only to see that the device is known, and never freed.
      watch(request, "getOtherDevice");
    },
    free() {
      for (const object of objects) freeQuietly(object);
      objects.clear();
    },
  };
}

function isFreeable(value: unknown): value is Freeable {
  if (typeof value !== "object" || value === null || !("free" in value)) return false;
  return typeof value.free === "function";
}

/** One that the SDK has handed back to the module already cannot be freed again. */
function freeQuietly(object: Freeable): void {
  try {
    object.free();
  } catch {
    // Then it holds nothing any more.
  }
}
