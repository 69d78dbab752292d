import { useState, type ComponentType } from "react";
import { describeEnd, describeForget, describeKeysLeft } from "@/copy/describeEnded";
import type { KeyExportPort } from "@/domain/keyFile";
import type { SignedInUser } from "@/domain/session";
import { useSessionActions } from "@/state/actionHooks";
import { Card } from "@/ui/Card";
import { Details } from "@/ui/Details";
import { useUnloadGuard } from "@/ui/useUnloadGuard";
import { LazyForgetDialog } from "./dialogs";
import { SignInAgain } from "./SignInAgain";
import { useHomeserverOf, type TokenComponent, type WaysComponent } from "./useHomeserverOf";

interface EndedScreenProps {
  user: SignedInUser;
  memoryOnly: boolean;
  /** Only its token expired, but there is no stored device to go on with. */
  expired: boolean;
  Ways: WaysComponent;
  Token: TokenComponent;
  /** Asks for a passphrase and saves the keys to a file. */
  ExportKeys: ComponentType<{ keyExport: Pick<KeyExportPort, "export">; userId: string }>;
}

/** The server ended the device for good. Its keys stay here until a new device has them. */
export function EndedScreen({
  user,
  memoryOnly,
  expired,
  Ways,
  Token,
  ExportKeys,
}: EndedScreenProps) {
  const { exportEnded } = useSessionActions();
  const [leaving, setLeaving] = useState(false);
  const found = useHomeserverOf(user);
  const { strong, rest } = describeKeysLeft(memoryOnly);
  const onlyPassword =
    found !== null &&
    found.offer.password &&
    found.offer.sso === null &&
    found.offer.oauth === null;
  useUnloadGuard(memoryOnly);
  return (
    <Card>
      <p>
        {describeEnd(expired)}
        {onlyPassword && !expired ? " If it was not you, change your password." : null}
      </p>
      <p>
        <strong>{strong}</strong> {rest}
      </p>
      <SignInAgain
        user={user}
        found={found}
        ended
        // Leaving for another page would lose what is in this one.
        Ways={memoryOnly ? null : Ways}
        {...(memoryOnly ? { Token } : {})}
        leaveLabel={describeForget(memoryOnly)}
        onLeave={() => setLeaving(true)}
      />
      <Details summary="Save the keys to a file">
        <ExportKeys keyExport={{ export: exportEnded }} userId={user.userId} />
      </Details>
      <LazyForgetDialog
        open={leaving}
        onOpenChange={setLeaving}
        user={user}
        ended
        memoryOnly={memoryOnly}
      />
    </Card>
  );
}
