import { describeError } from "@/copy/describeError";
import { describeUnstoredSwitch } from "@/copy/describeManage";
import type { AppError } from "@/domain/errors";
import { Alert } from "@/ui/Alert";

/** The upload was switched, and this browser could not store that. */
export function UnstoredSwitch({ isOff, why }: { isOff: boolean; why: AppError }) {
  const { title, body } = describeUnstoredSwitch(isOff);
  return (
    <Alert tone="warning" title={title} code={why.kind}>
      <p>{body}</p>
      <p>{describeError(why).title}.</p>
    </Alert>
  );
}
