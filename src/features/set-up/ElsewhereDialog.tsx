import { describeConfirmation } from "@/copy/describeConfirmation";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ExternalStep } from "@/ui/ExternalStep";
import type { ElsewhereRequest } from "./useSetUpRun";

/** The homeserver wants the new identity confirmed on a page of its own. */
export function ElsewhereDialog({ request }: { request: ElsewhereRequest | null }) {
  if (request === null) return null;
  const { where, checking, answer } = request;
  const { title, body, link, notYet } = describeConfirmation(where);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open && !checking) answer(null);
      }}
      title={title}
      actions={
        <Button variant="secondary" disabled={checking} onClick={() => answer(null)}>
          Cancel
        </Button>
      }
    >
      <ExternalStep
        href={where.url}
        link={link}
        note={notYet}
        busy={checking}
        onContinue={() => answer("done")}
        otherWay={
          where.orPassword ? (
            <Button variant="tertiary" disabled={checking} onClick={() => answer("password")}>
              Use my password instead
            </Button>
          ) : null
        }
      >
        <p>{body}</p>
      </ExternalStep>
    </Dialog>
  );
}
