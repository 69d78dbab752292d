import { describeError } from "@/copy/describeError";
import { describeFault, KEY_IS_AT_HAND } from "@/copy/describeRepair";
import { hrefOf } from "@/lib/route";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import type { KeyNaming } from "./useKeyNaming";

/** The account does not name the key that was just right: one press has it do so again. */
export function NameKey({ naming, onName }: { naming: KeyNaming; onName: () => void }) {
  if (naming.kind === "none") return null;
  if (naming.kind === "failed") {
    const words = naming.error === null ? null : describeError(naming.error);
    return (
      <Alert
        tone="critical"
        title={words?.title ?? "This could not be repaired"}
        code={naming.error?.kind}
      >
        {words === null ? null : <p>{words.body}</p>}
        <p>
          What was unlocked stays so. <a href={hrefOf("repair")}>See what else can be done</a>.
        </p>
      </Alert>
    );
  }
  const { title, mended, meaning } = describeFault({ kind: naming.fault, remedy: "nothing" });
  if (naming.kind === "named") return <Alert tone="success" title={mended} testId="key-named" />;
  return (
    <Alert
      tone="warning"
      title={title}
      testId="name-key"
      action={
        <Button busy={naming.kind === "working"} onClick={onName}>
          Repair
        </Button>
      }
    >
      <p>
        {meaning} {KEY_IS_AT_HAND}
      </p>
    </Alert>
  );
}
