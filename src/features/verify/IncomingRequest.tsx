import { useState } from "react";
import { describeIncoming } from "@/copy/describeVerificationProgress";
import type { OwnDevice, VerificationState } from "@/domain/verification";
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
  const [later, setLater] = useState<VerificationState | null>(null);
  const [notMine, setNotMine] = useState<OwnDevice | null>(null);
  // Each request is put off by itself; looking the device up makes no new request of it.
  const putOff = later !== null && state.kind === "incoming" && isSame(later, state);
  const verifiedHere = crossSigning.status === "known" && crossSigning.value.deviceVerified;

  return (
    <>
      <LiveRegion message={state.kind === "incoming" ? describeIncoming(state.flow.other) : ""} />
      {notMine === null ? null : (
        <NotMineNote device={notMine} onDismiss={() => setNotMine(null)} />
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
          onLater={() => setLater(state)}
          onNotMine={async () => {
            setNotMine(state.flow.other);
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

function isSame(one: VerificationState, other: VerificationState): boolean {
  const idOf = (state: VerificationState): string | null =>
    state.kind === "incoming" ? (state.flow.other?.deviceId ?? null) : null;
  return one === other || (idOf(one) !== null && idOf(one) === idOf(other));
}
