import { useCallback, useRef, useState } from "react";
import type { AppError } from "@/domain/errors";
import { fail, type Result } from "@/domain/result";
import type { FoundHomeserver } from "@/domain/signIn";
import { lookupKey } from "./homeserverHost";

export type FindHomeserver = (input: {
  homeserver: string;
  username: string;
}) => Promise<Result<FoundHomeserver, AppError>>;

/** What is on the screen about the homeserver, and the input it was found for. */
export type LookupState =
  | { readonly kind: "none" }
  | { readonly kind: "looking" }
  | {
      readonly kind: "found";
      readonly key: string;
      readonly target: FoundHomeserver;
      /** When it came on the screen, by `performance.now()`. */
      readonly shownAt: number;
    }
  | { readonly kind: "failed"; readonly key: string; readonly error: AppError };

interface Lookup {
  readonly key: string;
  readonly answer: Promise<Result<FoundHomeserver, AppError>>;
  failed: boolean;
}

/**
 * Finds the homeserver for what is typed. Every input is looked up once; a late answer for older
 * input is not shown. `changed` forgets what is shown as soon as it may no longer be true.
 */
export function useHomeserverLookup(findHomeserver: FindHomeserver) {
  const [lookup, setLookup] = useState<LookupState>({ kind: "none" });
  const current = useRef<Lookup>(null);

  const find = useCallback(
    async (homeserver: string, username: string): Promise<Result<FoundHomeserver, AppError>> => {
      const key = lookupKey(homeserver, username);
      let entry = current.current;
      if (entry === null || entry.key !== key || entry.failed) {
        entry = { key, answer: findHomeserver({ homeserver, username }), failed: false };
        current.current = entry;
        setLookup({ kind: "looking" });
      }
      const answer = await entry.answer;
      if (current.current !== entry) return fail({ kind: "closed" });
      // A failure may be gone at the next try; an address found stays found. Several may wait for it.
      if (!answer.ok) entry.failed = true;
      setLookup((shown) =>
        shown.kind === "found" && shown.key === key
          ? shown
          : answer.ok
            ? { kind: "found", key, target: answer.value, shownAt: performance.now() }
            : { kind: "failed", key, error: answer.error },
      );
      return answer;
    },
    [findHomeserver],
  );

  /** True when what was being looked for, or was found, is not what is typed any more. */
  const changed = useCallback((homeserver: string, username: string): boolean => {
    if (current.current?.key === lookupKey(homeserver, username)) return false;
    current.current = null;
    setLookup({ kind: "none" });
    return true;
  }, []);

  return { lookup, find, changed };
}
