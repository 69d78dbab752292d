import { useEffect, useState } from "react";
import type { OldBackup, ReplacePlan, ReplacePort } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import { withoutThrowing } from "@/state/withoutThrowing";

interface Found {
  readonly attempt: number;
  readonly plan: Result<ReplacePlan, AppError>;
  readonly old: Result<readonly OldBackup[], AppError>;
}

/** What replacing would do now, and the old versions that are kept; null while that is being read. */
export function useReplacePlan(replace: Pick<ReplacePort, "plan" | "listOld">) {
  const [attempt, setAttempt] = useState(0);
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    void (async () => {
      const plan = await withoutThrowing(() => replace.plan(leaving.signal));
      const old = await withoutThrowing(() => replace.listOld());
      if (!leaving.signal.aborted) setFound({ attempt, plan, old });
    })();
    return () => leaving.abort();
  }, [replace, attempt]);
  return {
    found: found?.attempt === attempt ? found : null,
    readAgain: () => setAttempt(attempt + 1),
  };
}
