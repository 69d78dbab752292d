import { useState } from "react";
import type { SignedOutReason } from "@/domain/session";
import { stillSignedInAt } from "@/copy/describeMemoryOnly";
import { BACKUP_IS } from "@/copy/terms";
import { useSessionActions } from "@/state/actionHooks";
import { useBegunSignIn, useStillSignedInAt } from "@/state/sessionHooks";
import { Alert } from "@/ui/Alert";
import { Card } from "@/ui/Card";
import { SharedComputer, WithoutStorage } from "./SharedComputer";
import styles from "./SignIn.module.css";
import { SignInForm } from "./SignInForm";

interface SignInScreenProps {
  /** Why the last session ended, when one did. */
  reason: SignedOutReason | null;
  /** This browser stores nothing, so only a session in memory is possible. */
  memoryOnly?: boolean;
  defaultHomeserver: string | null;
  fixedHomeserver: { readonly address: string; readonly name: string } | null;
}

/** The first screen. The heading is the frame's job. */
export function SignInScreen(props: SignInScreenProps) {
  const { reason, memoryOnly = false, defaultHomeserver, fixedHomeserver } = props;
  const actions = useSessionActions();
  // What the person chose before leaving for another page holds for the next try, too.
  const begun = useBegunSignIn();
  const [shared, setShared] = useState(begun?.memoryOnly ?? false);
  const wish = { memoryOnly: memoryOnly || shared };
  return (
    <>
      <p className={styles.intro}>{BACKUP_IS}</p>
      {reason === null ? null : <SignedOutNotice reason={reason} />}
      {memoryOnly ? <WithoutStorage onRetry={actions.retryOpen} /> : null}
      <Card>
        <SignInForm
          defaultHomeserver={defaultHomeserver}
          fixedHomeserver={fixedHomeserver}
          enteredHomeserver={begun?.homeserver ?? null}
          findHomeserver={actions.findHomeserver}
          signIn={(request) => actions.signIn({ ...request, ...wish })}
          signInElsewhere={(request) => actions.signInElsewhere({ ...request, ...wish })}
          signInWithToken={(request) => actions.signInWithToken({ ...request, ...wish })}
          onTry={actions.dismissSignInProblem}
          memoryOnly={wish.memoryOnly}
        >
          {memoryOnly ? null : <SharedComputer checked={shared} onChange={setShared} />}
        </SignInForm>
      </Card>
    </>
  );
}

function SignedOutNotice({ reason }: { reason: SignedOutReason }) {
  const host = useStillSignedInAt();
  switch (reason) {
    case "by_choice":
      return (
        <Alert tone="success" title="You are signed out">
          <p>This device was removed from your account, and its keys from this browser.</p>
          {host === null ? null : <p>{stillSignedInAt(host)}</p>}
        </Alert>
      );
    case "evicted":
      return (
        <Alert tone="warning" title="This browser has removed what was stored" testId="evicted">
          <p>
            You were signed in here, and the session is gone together with the keys of this device:
            the site’s data was cleared by you, by a cleaning program, or by the browser when space
            was short. The backup on the server is untouched.
          </p>
          <p>
            Sign in again to go on as a new device. The old one may still be listed in your account:
            remove it there from another device.
          </p>
        </Alert>
      );
    case "local_only":
      return (
        <Alert tone="warning" title="Signed out in this browser only">
          <p>
            Everything was removed from this browser, but the homeserver could not be told. The
            device may still be listed in your account: remove it there from another device.
          </p>
          {host === null ? null : <p>{stillSignedInAt(host)}</p>}
        </Alert>
      );
  }
}
