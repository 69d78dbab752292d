import { useEffect, useState } from "react";
import type { ChangeKeyPlan, ChangeKeyPort } from "@/domain/changes";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import { withoutThrowing } from "@/state/withoutThrowing";

/** What changing the recovery key would do now; null while that is being read. */
export function useChangeKeyPlan(changeKey: Pick<ChangeKeyPort, "plan">) {
  const [attempt, setAttempt] = useState(0);
  const [found, setFound] = useState<{
    readonly attempt: number;
    readonly plan: Result<ChangeKeyPlan, AppError>;
  } | null>(null);
  useEffect(() => {
    let current = true;
    void withoutThrowing(() => changeKey.plan()).then((plan) => {
      if (current) setFound({ attempt, plan });
    });
    return () => {
      current = false;
    };
  }, [changeKey, attempt]);
  return {
    plan: found?.attempt === attempt ? found.plan : null,
    readAgain: () => setAttempt(attempt + 1),
  };
}
