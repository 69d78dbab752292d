import { useEffect, useId, useRef, useState, type FormEvent } from "react";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { SecretField } from "@/ui/SecretField";
import type { PasswordRequest } from "./useSetUpRun";

interface PasswordDialogProps {
  request: PasswordRequest | null;
  /** Host the password goes to. */
  host: string;
}

/** The account password, when the homeserver wants it. Handed on once and not kept. */
export function PasswordDialog({ request, host }: PasswordDialogProps) {
  const form = useId();
  const input = useRef<HTMLInputElement>(null);
  const [missing, setMissing] = useState(false);

  const isWrong = request?.why === "wrong";
  useEffect(() => {
    if (isWrong) input.current?.select();
  }, [isWrong]);

  function submit(event: FormEvent): void {
    event.preventDefault();
    const password = input.current?.value ?? "";
    setMissing(password === "");
    if (password === "") input.current?.focus();
    else request?.answer(password);
  }

  return (
    <Dialog
      open={request !== null}
      onOpenChange={(open) => {
        if (!open) request?.answer(null);
      }}
      title="Confirm with your password"
      actions={
        <>
          <Button variant="secondary" onClick={() => request?.answer(null)}>
            Cancel
          </Button>
          <Button type="submit" form={form}>
            Continue
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={submit}>
        <SecretField
          label="Password"
          name="password"
          autoComplete="current-password"
          inputRef={input}
          hint={`${host} wants your account password before it publishes your identity. Not the recovery key.`}
          error={passwordError(missing, request?.why)}
        />
      </form>
    </Dialog>
  );
}

function passwordError(missing: boolean, why: PasswordRequest["why"] | undefined): string | null {
  if (missing) return "Enter your password.";
  return why === "wrong" ? "Wrong password. Try again." : null;
}
