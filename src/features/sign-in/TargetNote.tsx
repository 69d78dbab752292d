import LockIcon from "@vector-im/compound-design-tokens/assets/web/icons/lock-solid";
import type { ReactNode } from "react";
import { Alert } from "@/ui/Alert";
import { isHostTyped } from "./homeserverHost";
import styles from "./SignIn.module.css";
import type { LookupState } from "./useHomeserverLookup";

interface TargetNoteProps {
  lookup: LookupState;
  homeserver: string;
  username: string;
}

/** Where the password will go, before it goes there. Loud when that is not what was typed. */
export function TargetNote({ lookup, homeserver, username }: TargetNoteProps) {
  if (lookup.kind === "looking") return <Note>Looking for the homeserver…</Note>;
  if (lookup.kind !== "found") return <Note>Your password goes to your homeserver only.</Note>;
  const { host, discoveredFrom } = lookup.target;
  if (isHostTyped(host, homeserver, username)) {
    return (
      <Note>
        Your password will be sent to <strong>{host}</strong>
      </Note>
    );
  }
  return (
    <Alert tone="info" title={`Your password will be sent to ${host}`}>
      <p>
        {discoveredFrom ?? "The address you entered"} names this host as its homeserver. If you
        expected that, go on.
      </p>
    </Alert>
  );
}

/** One line that is always there, so that nothing moves when its text changes. */
function Note({ children }: { children: ReactNode }) {
  return (
    <p className={styles.note}>
      <LockIcon aria-hidden="true" />
      <span>{children}</span>
    </p>
  );
}
