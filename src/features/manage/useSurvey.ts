import { useCallback, useEffect, useState } from "react";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import { withoutThrowing } from "@/state/withoutThrowing";

/** What a dialog names is not older than this, in ms. */
const FRESH_MS = 5_000;

/**
 * Reads what a dialog is about: when it opens, and again as long as `follow` says that the person
 * is still reading. Null until the first answer. A failed repeat keeps what was read: the change
 * itself looks again before it does anything.
 */
export function useSurvey<T>(
  read: () => Promise<Result<T, AppError>>,
  follow: (survey: T) => boolean,
) {
  const [found, setFound] = useState<Result<T, AppError> | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let current = true;
    void withoutThrowing(read).then((answer) => {
      if (!current) return;
      setFound((before) => (answer.ok || before === null || !before.ok ? answer : before));
    });
    return () => {
      current = false;
    };
  }, [read, attempt]);

  const follows = found !== null && found.ok && follow(found.value);
  useEffect(() => {
    if (!follows) return undefined;
    const timer = setTimeout(() => setAttempt((number) => number + 1), FRESH_MS);
    return () => clearTimeout(timer);
  }, [follows, found, attempt]);

  const readAgain = useCallback(() => {
    setFound(null);
    setAttempt((number) => number + 1);
  }, []);
  return { found, readAgain, show: (survey: T) => setFound({ ok: true, value: survey }) };
}
