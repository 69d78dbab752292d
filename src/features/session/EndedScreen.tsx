import { useState } from "react";
import type { SignedInUser } from "@/domain/session";
import { Card } from "@/ui/Card";
import { ForgetDialog } from "./ForgetDialog";
import { SignInAgain } from "./SignInAgain";
import type { WaysComponent } from "./useHomeserverOf";

interface EndedScreenProps {
  user: SignedInUser;
  Ways: WaysComponent;
}

/** The server ended the device for good. Its keys stay here until a new device has them. */
export function EndedScreen({ user, Ways }: EndedScreenProps) {
  const [leaving, setLeaving] = useState(false);
  return (
    <Card>
      <p>
        The homeserver ended this session: this device was signed out or removed from another
        device, or the password was changed. If it was not you, change your password.
      </p>
      <p>
        <strong>The room keys of this browser are still here.</strong> Sign in again to keep them:
        you get a new device, and the keys are carried over to it.
      </p>
      <SignInAgain
        user={user}
        Ways={Ways}
        leaveLabel="Remove this browser’s data"
        onLeave={() => setLeaving(true)}
      />
      <ForgetDialog open={leaving} onOpenChange={setLeaving} user={user} ended />
    </Card>
  );
}
