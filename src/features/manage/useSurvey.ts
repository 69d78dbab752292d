import { useEffect, useState } from "react";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import { withoutThrowing } from "@/state/withoutThrowing";

/** What a dialog names is not older than this, in ms. */
const FRESH_MS = 5_000;

interface Found<T> {
  /** Which reading it came from. */
  readonly attempt: number;
  readonly answer: Result<T, AppError>;
}

/**
 * Reads what a dialog is about: when it opens, and again as long as `follow` says that the person
 * is still reading. Null until the first answer. A failed repeat keeps what was read: the change
 * itself looks again before it does anything.
 */
export function useSurvey<T>(
  read: () => Promise<Result<T, AppError>>,
  follow: (survey: T) => boolean,
) {
  const [latest, setLatest] = useState<Found<T> | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let current = true;
    void withoutThrowing(read).then((answer) => {
      if (!current) return;
      setLatest((before) =>
        answer.ok || before === null || !before.answer.ok
          ? { attempt, answer }
          : { attempt, answer: before.answer },
      );
    });
    return () => {
      current = false;
    };
  }, [read, attempt]);

  const followed =
    latest !== null && latest.answer.ok && follow(latest.answer.value) ? latest.attempt : null;
  useEffect(() => {
    if (followed === null) return undefined;
    const timer = setTimeout(() => setAttempt(followed + 1), FRESH_MS);
    return () => clearTimeout(timer);
  }, [followed]);

  return {
    found: latest?.answer ?? null,
    readAgain: () => {
      setLatest(null);
      setAttempt(attempt + 1);
    },
    show: (survey: T) => setLatest({ attempt, answer: { ok: true, value: survey } }),
  };
}
