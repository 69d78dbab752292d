import { useState } from "react";
import { useCarriedOver, useCarryOver } from "@/state/hooks";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

/** After a new sign-in over an ended session: what has become of the keys that were left here. */
export function CarryOverNote({ memoryOnly }: { memoryOnly: boolean }) {
  const state = useCarryOver();
  const done = useCarriedOver();
  const [dismissed, setDismissed] = useState(false);
  if (state === "incomplete") {
    return (
      <Alert
        tone="warning"
        title="Not all keys of your earlier device are on this one yet"
        testId="carry-over"
        code={state}
      >
        {memoryOnly ? (
          <p>
            The rest is <strong>only in this tab</strong>: do not close or reload it, and do not
            sign out. It is tried again by itself while the tab is open. If your earlier device was
            verified, verify this one: that may be all that is missing.
          </p>
        ) : (
          <p>
            They are still in this browser, and nothing of them was removed. It is tried again when
            this page is next opened. Do not sign out before.
          </p>
        )}
      </Alert>
    );
  }
  if (!done || dismissed) return null;
  return (
    <Alert
      tone="success"
      title="The keys of your earlier device are on this one now"
      testId="carry-over"
      code="done"
      action={
        <Button variant="secondary" onClick={() => setDismissed(true)}>
          Dismiss
        </Button>
      }
    >
      <p>The server had ended that device. Every room key that it had left here was found again.</p>
    </Alert>
  );
}
