import { useState } from "react";
import type { SignedInUser } from "@/domain/session";
import { Card } from "@/ui/Card";
import { LazyForgetDialog } from "./dialogs";
import { PasswordForm } from "./PasswordForm";

/** The session expired: the same device goes on once the password is given again. */
export function ExpiredScreen({ user }: { user: SignedInUser }) {
  const [leaving, setLeaving] = useState(false);
  return (
    <Card>
      <p>
        Nothing is lost: your keys are still in this browser. Enter your password to go on with the
        same device.
      </p>
      <PasswordForm user={user} leaveLabel="Sign out anyway" onLeave={() => setLeaving(true)} />
      <LazyForgetDialog open={leaving} onOpenChange={setLeaving} user={user} />
    </Card>
  );
}
