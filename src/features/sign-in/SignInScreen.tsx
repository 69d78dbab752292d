import type { SignedOutReason } from "@/domain/session";
import { BACKUP_IS } from "@/copy/terms";
import { useSessionActions } from "@/state/hooks";
import { Alert } from "@/ui/Alert";
import { Card } from "@/ui/Card";
import styles from "./SignIn.module.css";
import { SignInForm } from "./SignInForm";

interface SignInScreenProps {
  /** Why the last session ended, when one did. */
  reason: SignedOutReason | null;
  defaultHomeserver: string | null;
  fixedHomeserver: { readonly address: string; readonly name: string } | null;
}

/** The first screen. The heading is the frame's job. */
export function SignInScreen({ reason, defaultHomeserver, fixedHomeserver }: SignInScreenProps) {
  const actions = useSessionActions();
  return (
    <>
      <p className={styles.intro}>{BACKUP_IS}</p>
      {reason === null ? null : <SignedOutNotice reason={reason} />}
      <Card>
        <SignInForm
          defaultHomeserver={defaultHomeserver}
          fixedHomeserver={fixedHomeserver}
          findHomeserver={actions.findHomeserver}
          signIn={actions.signIn}
          signInElsewhere={actions.signInElsewhere}
          signInWithToken={actions.signInWithToken}
        />
      </Card>
    </>
  );
}

function SignedOutNotice({ reason }: { reason: SignedOutReason }) {
  switch (reason) {
    case "by_choice":
      return (
        <Alert tone="success" title="You are signed out">
          <p>This device was removed from your account, and its keys from this browser.</p>
        </Alert>
      );
    case "local_only":
      return (
        <Alert tone="warning" title="Signed out in this browser only">
          <p>
            Everything was removed from this browser, but the homeserver could not be told. The
            device may still be listed in your account: remove it there from another device.
          </p>
        </Alert>
      );
  }
}
