import LockIcon from "@vector-im/compound-design-tokens/assets/web/icons/lock-solid";
import type { ReactNode } from "react";
import { Alert } from "@/ui/Alert";
import { howHostIsKnown, serverNameOf, type HomeserverInput } from "./homeserverHost";
import styles from "./SignIn.module.css";
import type { LookupState } from "./useHomeserverLookup";

interface TargetNoteProps {
  lookup: LookupState;
  input: HomeserverInput;
}

/** Where the password will go, before it goes there. Loud when that is not what was typed. */
export function TargetNote({ lookup, input }: TargetNoteProps) {
  if (lookup.kind === "looking") return <Note>Looking for the homeserver…</Note>;
  if (lookup.kind !== "found") return <Note>Your password goes to your homeserver only.</Note>;
  const { host, discoveredFrom, offer } = lookup.target;
  if (!offer.password) return null;
  const known = howHostIsKnown(lookup.target, input);
  if (known === "typed") {
    return (
      <Note>
        Your password will be sent to <strong>{host}</strong>
      </Note>
    );
  }
  return (
    <Alert
      tone={known === "named" ? "info" : "warning"}
      title={`Your password will be sent to ${host}`}
    >
      {known === "named" ? (
        <p>
          {discoveredFrom ?? "The address you entered"} names this host as its homeserver. If you
          expected that, go on.
        </p>
      ) : (
        <p>
          {serverNameOf(input.username)} did not say which homeserver it uses, so the one suggested
          here was taken. Go on only if your account is there; otherwise enter your homeserver.
        </p>
      )}
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
