import CheckIcon from "@vector-im/compound-design-tokens/assets/web/icons/check-circle-solid";
import CircleIcon from "@vector-im/compound-design-tokens/assets/web/icons/circle";
import ErrorIcon from "@vector-im/compound-design-tokens/assets/web/icons/error";
import { Spinner } from "./Spinner";
import styles from "./StepList.module.css";

interface StepListProps<S extends string> {
  /** In their order. */
  steps: readonly S[];
  current: S;
  /** Whether the current step is under way or has failed. */
  failed: boolean;
  describe: (step: S) => string;
}

type LineState = "done" | "now" | "failed" | "todo";

const STATE_WORDS: Readonly<Record<LineState, string>> = {
  done: "done",
  now: "under way",
  failed: "failed",
  todo: "not started",
};

/** Steps that follow each other, and how far they are. */
export function StepList<S extends string>({ steps, current, failed, describe }: StepListProps<S>) {
  const at = steps.indexOf(current);
  return (
    <ol className={styles.steps}>
      {steps.map((step, index) => {
        const state: LineState =
          index < at ? "done" : index > at ? "todo" : failed ? "failed" : "now";
        return (
          <li key={step} className={styles.step} data-step={step} data-state={state}>
            <StepIcon state={state} />
            <span>
              {describe(step)}
              <span className={styles.state}> ({STATE_WORDS[state]})</span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function StepIcon({ state }: { state: LineState }) {
  switch (state) {
    case "done":
      return <CheckIcon aria-hidden="true" />;
    case "now":
      return <Spinner />;
    case "failed":
      return <ErrorIcon aria-hidden="true" />;
    case "todo":
      return <CircleIcon aria-hidden="true" />;
  }
}
