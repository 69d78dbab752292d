import { goTo } from "@/lib/route";
import { Button } from "@/ui/Button";

/** After a reset there is no recovery key: the way to a new one. */
export function SetUpNext({ onLater }: { onLater: () => void }) {
  return (
    <>
      <Button variant="secondary" onClick={onLater}>
        Later
      </Button>
      <Button onClick={() => goTo("set-up")}>Set up a recovery key</Button>
    </>
  );
}
