import { useState } from "react";
import type { SignedInUser } from "@/domain/session";
import { Card } from "@/ui/Card";
import { LazyForgetDialog } from "./dialogs";
import { SignInAgain } from "./SignInAgain";
import { useHomeserverOf, type WaysComponent } from "./useHomeserverOf";

interface ExpiredScreenProps {
  user: SignedInUser;
  Ways: WaysComponent;
}

/** The session expired: the same device goes on once the password is given again. */
export function ExpiredScreen({ user, Ways }: ExpiredScreenProps) {
  const [leaving, setLeaving] = useState(false);
  return (
    <Card>
      <p>
        Nothing is lost: your keys are still in this browser. Sign in again to go on with the same
        device.
      </p>
      <SignInAgain
        user={user}
        found={useHomeserverOf(user)}
        Ways={Ways}
        leaveLabel="Sign out anyway"
        onLeave={() => setLeaving(true)}
      />
      <LazyForgetDialog open={leaving} onOpenChange={setLeaving} user={user} />
    </Card>
  );
}
