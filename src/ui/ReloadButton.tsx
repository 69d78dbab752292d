import { Button } from "./Button";

/** Loads the page anew: what is in it alone is then gone. */
export function ReloadButton({ variant = "primary" }: { variant?: "primary" | "secondary" }) {
  return (
    <Button variant={variant} onClick={() => window.location.reload()}>
      Reload
    </Button>
  );
}
