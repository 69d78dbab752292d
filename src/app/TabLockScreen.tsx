import { useSessionActions } from "@/state/actionHooks";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";

/** Shown in the tab that does not hold the session: two of them on one key store would damage it. */
export function TabLockScreen({ takenOver }: { takenOver: boolean }) {
  const { takeOver } = useSessionActions();
  return (
    <div data-testid="tab-lock">
      <Card actions={<Button onClick={takeOver}>Use here</Button>}>
        {takenOver ? (
          <p>
            You chose to go on in another tab, so this one has stopped. Nothing was lost. What was
            under way, such as a restore, can be started again there.
          </p>
        ) : (
          <p>
            To keep your keys safe, only one tab at a time works with them. “Use here” stops the
            other tab; what is under way there, such as a restore, can then be started again here.
          </p>
        )}
      </Card>
    </div>
  );
}
