import { Button } from "./Button";

/** Loads the page anew: what is in it alone is then gone. */
export function ReloadButton() {
  return <Button onClick={() => window.location.reload()}>Reload</Button>;
}
