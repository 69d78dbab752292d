import LockIcon from "@vector-im/compound-design-tokens/assets/web/icons/lock-solid";
import { useEffect, useState, type ReactNode } from "react";
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
  const isSlow = useSlow(lookup.kind === "looking");
  if (lookup.kind !== "found") return <Note>{wordsWithout(lookup, isSlow)}</Note>;
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
          That is where {discoveredFrom ?? "the address you entered"} says its homeserver is, which
          many do. If the name is new to you, ask whoever runs {discoveredFrom ?? "your homeserver"}{" "}
          before you enter your password.
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

/** A lookup that takes longer than this is said to do so, in milliseconds. */
const SLOW_MS = 5_000;

function useSlow(looking: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    if (!looking) return undefined;
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [looking]);
  return slow;
}

function wordsWithout(lookup: LookupState, isSlow: boolean): string {
  if (lookup.kind === "looking") {
    return isSlow
      ? "Still looking for the homeserver: it is slow to answer. Change its name to stop."
      : "Looking for the homeserver…";
  }
  return lookup.kind === "failed" && lookup.error.kind === "offline"
    ? "You are offline. The homeserver is looked for when you are connected again."
    : "Your password goes to your homeserver only.";
}

/** One line that is always there, so that nothing moves when its text changes. */
function Note({ children }: { children: ReactNode }) {
  return (
    <output className={styles.note}>
      <LockIcon aria-hidden="true" />
      <span>{children}</span>
    </output>
  );
}
