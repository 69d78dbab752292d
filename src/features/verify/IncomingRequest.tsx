import { useState } from "react";
import { describeIncoming } from "@/copy/describeVerificationProgress";
import type { OwnDevice } from "@/domain/verification";
import { hasCamera } from "@/lib/camera";
import { goTo, type Route } from "@/lib/route";
import { useKeyBackupOverview, useLiveSession } from "@/state/hooks";
import { useVerification } from "@/state/verificationHooks";
import { LiveRegion } from "@/ui/LiveRegion";
import { IncomingPrompt } from "./IncomingPrompt";
import { NotMineNote } from "./NotMineNote";
import { VerificationStrip } from "./VerificationStrip";

/**
 * Stands above every screen: another device asks to be verified, or a verification goes on while
 * the person is elsewhere. Mounted with the session, so that its live region is there before.
 */
export function IncomingRequest({ route }: { route: Route }) {
  const { verification } = useLiveSession();
  const { state } = useVerification();
  const { crossSigning } = useKeyBackupOverview();
  /** The request that was put off. */
  const [later, setLater] = useState<string | null>(null);
  const [notMine, setNotMine] = useState<{ readonly device: OwnDevice | null } | null>(null);
  const putOff = state.kind === "incoming" && state.flow.id === later;
  const verifiedHere = crossSigning.status === "known" && crossSigning.value.deviceVerified;

  return (
    <>
      <LiveRegion message={state.kind === "incoming" ? describeIncoming(state.flow.other) : ""} />
      {notMine === null ? null : (
        <NotMineNote device={notMine.device} onDismiss={() => setNotMine(null)} />
      )}
      {state.kind === "incoming" && !putOff ? (
        <IncomingPrompt
          device={state.flow.other}
          verifiedHere={verifiedHere}
          onAccept={async () => {
            const canScan = await hasCamera();
            await verification.accept({ canScan });
            goTo("verify");
          }}
          onLater={() => setLater(state.flow.id)}
          onNotMine={async () => {
            setNotMine({ device: state.flow.other });
            await verification.cancel();
            verification.dismiss();
          }}
        />
      ) : (
        <VerificationStrip
          state={state}
          onScreen={route === "verify"}
          onAnswer={() => setLater(null)}
          onDismiss={verification.dismiss}
        />
      )}
    </>
  );
}
