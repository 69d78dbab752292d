import { useEffect, useState, type ComponentType } from "react";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import type { SignedInUser } from "@/domain/session";
import type { FoundHomeserver, RedirectWay } from "@/domain/signIn";
import { useSessionActions } from "@/state/actionHooks";

/** Shows the ways to sign in on another page; lent by the feature that has them. */
export type WaysComponent = ComponentType<{
  target: FoundHomeserver;
  signInElsewhere: (request: {
    target: FoundHomeserver;
    way: RedirectWay;
  }) => Promise<Result<void, AppError>>;
}>;

/** Takes an access token; lent by the feature that has it. */
export type TokenComponent = ComponentType<{
  findTarget: () => Promise<Result<FoundHomeserver, AppError>>;
  signInWithToken: (request: {
    target: FoundHomeserver;
    accessToken: string;
  }) => Promise<Result<unknown, AppError>>;
  memoryOnly: boolean;
}>;

/** What the homeserver of the stored session offers now; null while that is not known. */
export function useHomeserverOf({ homeserverUrl }: SignedInUser): FoundHomeserver | null {
  const { findHomeserver } = useSessionActions();
  const [found, setFound] = useState<FoundHomeserver | null>(null);
  useEffect(() => {
    let gone = false;
    async function look(): Promise<void> {
      const answer = await findHomeserver({ homeserver: homeserverUrl, username: "" });
      if (!gone) setFound(answer.ok ? answer.value : null);
    }
    void look();
    return () => {
      gone = true;
    };
  }, [findHomeserver, homeserverUrl]);
  return found;
}
