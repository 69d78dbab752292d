import { useState } from "react";
import { Button, type ButtonProps } from "@/ui/Button";

interface ActionButtonProps extends Omit<ButtonProps, "onClick" | "busy"> {
  action: () => Promise<unknown>;
}

/** A button that is busy until what it began has ended, so that a second press does nothing. */
export function ActionButton({ action, ...rest }: ActionButtonProps) {
  const [busy, setBusy] = useState(false);
  return (
    <Button
      {...rest}
      busy={busy}
      onClick={() => {
        setBusy(true);
        void action().finally(() => setBusy(false));
      }}
    />
  );
}
