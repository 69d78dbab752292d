import { describeConfirmation } from "@/copy/describeConfirmation";
import type { ConfirmationElsewhere } from "@/domain/confirmation";
import { Button } from "@/ui/Button";
import { ExternalStep } from "@/ui/ExternalStep";

interface ConfirmElsewhereProps {
  where: ConfirmationElsewhere;
  /** It was said to be done, and the homeserver is being asked. */
  checking: boolean;
  onAnswer: (said: "done" | "password") => void;
}

/** The homeserver wants the change confirmed on a page of its own. */
export function ConfirmElsewhere({ where, checking, onAnswer }: ConfirmElsewhereProps) {
  const { title, body, link, notYet } = describeConfirmation(where);
  return (
    <ExternalStep
      href={where.url}
      link={link}
      note={notYet}
      busy={checking}
      onContinue={() => onAnswer("done")}
      otherWay={
        where.orPassword ? (
          <Button variant="tertiary" disabled={checking} onClick={() => onAnswer("password")}>
            Use my password instead
          </Button>
        ) : null
      }
    >
      <p>
        <strong>{title}</strong>
      </p>
      <p>{body}</p>
    </ExternalStep>
  );
}
