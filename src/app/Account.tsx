import { useState } from "react";
import type { SignedInUser } from "@/domain/session";
import { LazySignOutDialog } from "@/features/session/dialogs";
import { useOpenSession } from "@/state/sessionHooks";
import { Button } from "@/ui/Button";
import styles from "./Frame.module.css";

/** Who is signed in and where, and the way out. */
export function Account({ user, memoryOnly }: { user: SignedInUser; memoryOnly: boolean }) {
  const [leaving, setLeaving] = useState(false);
  const accountUrl = useOpenSession()?.oauth?.accountUrl ?? null;
  return (
    <div className={styles.account}>
      <div className={styles.who}>
        <p className={styles.userId}>{user.userId}</p>
        <p className={styles.homeserver}>
          {memoryOnly ? (
            <>
              <strong className={styles.tabOnly} data-testid="tab-only">
                This tab only
              </strong>{" "}
            </>
          ) : null}
          {new URL(user.homeserverUrl).host}
          {accountUrl === null ? null : (
            <>
              {" · "}
              <a href={accountUrl} target="_blank" rel="noopener noreferrer">
                Account page
              </a>{" "}
              ({new URL(accountUrl).host})
            </>
          )}
        </p>
      </div>
      <Button variant="secondary" onClick={() => setLeaving(true)}>
        Sign out
      </Button>
      <LazySignOutDialog open={leaving} onOpenChange={setLeaving} />
    </div>
  );
}
