import { useState, type ComponentType } from "react";
import type { KeyExportPort } from "@/domain/keyFile";
import type { SignedInUser } from "@/domain/session";
import { useSessionActions } from "@/state/actionHooks";
import { Card } from "@/ui/Card";
import { Details } from "@/ui/Details";
import { useUnloadGuard } from "@/ui/useUnloadGuard";
import { LazyForgetDialog } from "./dialogs";
import { SignInAgain } from "./SignInAgain";
import type { TokenComponent, WaysComponent } from "./useHomeserverOf";

interface EndedScreenProps {
  user: SignedInUser;
  memoryOnly: boolean;
  Ways: WaysComponent;
  Token: TokenComponent;
  /** Asks for a passphrase and saves the keys to a file. */
  ExportKeys: ComponentType<{ keyExport: Pick<KeyExportPort, "export">; userId: string }>;
}

/** The server ended the device for good. Its keys stay here until a new device has them. */
export function EndedScreen({ user, memoryOnly, Ways, Token, ExportKeys }: EndedScreenProps) {
  const { exportEnded } = useSessionActions();
  const [leaving, setLeaving] = useState(false);
  useUnloadGuard(memoryOnly);
  return (
    <Card>
      <p>
        The homeserver ended this session: this device was signed out or removed from another
        device, the password was changed{memoryOnly ? ", the session expired" : ""}, or the account
        was deactivated, which then takes no password any more. If it was not you, change your
        password.
      </p>
      {memoryOnly ? (
        <p>
          <strong>The room keys of this session are still in this tab, and only here.</strong> Sign
          in again in this tab to keep them: you get a new device, and the keys are carried over to
          it. Closing or reloading the tab loses those that are not in your backup.
        </p>
      ) : (
        <p>
          <strong>The room keys of this browser are still here.</strong> Sign in again to keep them:
          you get a new device, and the keys are carried over to it.
        </p>
      )}
      <SignInAgain
        user={user}
        // Leaving for another page would lose what is in this one.
        Ways={memoryOnly ? null : Ways}
        {...(memoryOnly ? { Token } : {})}
        leaveLabel="Remove this browser’s data"
        onLeave={() => setLeaving(true)}
      />
      <Details summary="Save the keys to a file">
        <ExportKeys keyExport={{ export: exportEnded }} userId={user.userId} />
      </Details>
      <LazyForgetDialog open={leaving} onOpenChange={setLeaving} user={user} ended />
    </Card>
  );
}
