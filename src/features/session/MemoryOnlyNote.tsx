import { DEVICE_STAYS, MEMORY_ONLY_MEANS } from "@/copy/describeMemoryOnly";
import { Alert } from "@/ui/Alert";

/** On the overview, for as long as a session lasts of which nothing is stored. */
export function MemoryOnlyNote() {
  return (
    <Alert tone="info" title="This session is in this tab only" testId="memory-only" quiet>
      <p>
        {MEMORY_ONLY_MEANS} {DEVICE_STAYS}
      </p>
    </Alert>
  );
}
