import type { ShortAuthString, VerificationFlow } from "@/domain/verification";
import { ActionButton } from "./ActionButton";
import { DeviceName } from "./DeviceName";
import { Step } from "./Step";
import styles from "./Verify.module.css";

interface CompareStepProps {
  flow: VerificationFlow;
  sas: ShortAuthString;
  onConfirm: () => Promise<unknown>;
  onReject: () => Promise<unknown>;
}

/** What both devices show. "They do not match" ends it on both, without any trust. */
export function CompareStep({ flow, sas, onConfirm, onReject }: CompareStepProps) {
  const what = sas.kind === "emoji" ? "emoji" : "numbers";
  return (
    <Step
      title={`Compare the ${what}`}
      actions={
        <>
          <ActionButton action={onConfirm}>They match</ActionButton>
          <ActionButton variant="secondary" action={onReject}>
            They do not match
          </ActionButton>
        </>
      }
    >
      <p>
        Does <DeviceName device={flow.other} /> show the same {what}, in the same order?
      </p>
      {sas.kind === "emoji" ? (
        <ol className={styles.emoji} data-testid="sas">
          {sas.emoji.map(({ symbol, name }, index) => (
            // The same one may come twice; the order never changes.
            // oxlint-disable-next-line react/no-array-index-key -- see above
            <li key={index}>
              <span className={styles.symbol} aria-hidden="true">
                {symbol}
              </span>
              <span>{name}</span>
            </li>
          ))}
        </ol>
      ) : (
        <p className={styles.numbers} data-testid="sas">
          {sas.numbers.join(" ")}
        </p>
      )}
    </Step>
  );
}
