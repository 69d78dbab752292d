import { useEffect, useState } from "react";
import type { AppError } from "@/domain/errors";
import type { SetUpPlan, SetUpPort } from "@/domain/ports";
import type { Result } from "@/domain/result";
import { withoutThrowing } from "@/state/withoutThrowing";

/** What set-up would do for the account as it is now; null while that is being read. */
export function usePlan(setUp: Pick<SetUpPort, "plan">) {
  const [attempt, setAttempt] = useState(0);
  const [found, setFound] = useState<{ attempt: number; plan: Result<SetUpPlan, AppError> } | null>(
    null,
  );
  useEffect(() => {
    let current = true;
    void withoutThrowing(() => setUp.plan()).then((plan) => {
      if (current) setFound({ attempt, plan });
    });
    return () => {
      current = false;
    };
  }, [setUp, attempt]);
  return {
    plan: found?.attempt === attempt ? found.plan : null,
    readAgain: () => setAttempt(attempt + 1),
  };
}
