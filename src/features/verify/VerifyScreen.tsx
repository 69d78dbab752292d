import { useEffect, useRef } from "react";
import type { KeyWait } from "@/domain/keyWait";
import type { VerificationPort } from "@/domain/verification";
import { hasCamera } from "@/lib/camera";
import { goTo } from "@/lib/route";
import { useRestoreJob } from "@/state/actionHooks";
import { useKeyBackupOverview, useLiveSession } from "@/state/hooks";
import { useOwnDevices, useVerification } from "@/state/verificationHooks";
import { VerifyView } from "./VerifyView";

/** Verifies this device with another one, or another one with this. */
export function VerifyScreen() {
  const { verification, user } = useLiveSession();
  const { state, keyWait, askForKeyAgain } = useVerification();
  const { devices, checkAgain } = useOwnDevices();
  const { start } = useRestoreJob();
  useTidyLeave(verification, keyWait);
  return (
    <VerifyView
      overview={useKeyBackupOverview()}
      deviceId={user.deviceId}
      devices={devices}
      onCheckDevices={checkAgain}
      state={state}
      keyWait={keyWait}
      verification={verification}
      canScan={hasCamera}
      onAskForKeyAgain={askForKeyAgain}
      onRestore={() => {
        start();
        goTo("restore");
      }}
    />
  );
}

/** What is over and was on the screen is put away when the person leaves it; a wait is not. */
function useTidyLeave(verification: VerificationPort, keyWait: KeyWait): void {
  const waits = useRef(false);
  useEffect(() => {
    waits.current = keyWait.kind === "waiting" || keyWait.kind === "late";
  }, [keyWait]);
  useEffect(
    () => () => {
      if (!waits.current) verification.dismiss();
    },
    [verification],
  );
}
