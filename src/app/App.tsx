import { useEffect } from "react";
import { ExpiredScreen } from "@/features/session/ExpiredScreen";
import { SignInScreen } from "@/features/sign-in/SignInScreen";
import { hrefOf } from "@/lib/route";
import { useSessionPhase } from "@/state/hooks";
import { Spinner } from "@/ui/Spinner";
import type { AppConfig } from "./config";
import { FailedScreen } from "./FailedScreen";
import { Frame } from "./Frame";
import frameStyles from "./Frame.module.css";
import { Heading } from "./Heading";
import { SessionScreens } from "./SessionScreens";
import { TabLockScreen } from "./TabLockScreen";

/** The screen follows from the phase of the session and, inside a session, from the route. */
export function App({ config }: { config: AppConfig }) {
  const phase = useSessionPhase();
  useFreshAddress(phase.kind === "signed_out");
  switch (phase.kind) {
    case "starting":
      return (
        <Frame screen="starting" title={null}>
          <div className={frameStyles.quiet}>
            <Spinner label="Starting…" />
          </div>
        </Frame>
      );
    case "locked":
      return (
        <Frame screen={`locked ${phase.takenOver}`} title="Open in another tab" narrow>
          <Heading>
            {phase.takenOver ? "Continued in another tab" : "Key Backup is open in another tab"}
          </Heading>
          <TabLockScreen takenOver={phase.takenOver} />
        </Frame>
      );
    case "signed_out":
      return (
        <Frame screen="sign-in" title="Sign in" narrow>
          <Heading>Sign in</Heading>
          <SignInScreen reason={phase.reason} defaultHomeserver={config.defaultHomeserver} />
        </Frame>
      );
    case "opening":
      return (
        <Frame screen="opening" title="Opening your session">
          <div className={frameStyles.quiet}>
            <Heading>Opening your session</Heading>
            <Spinner label="Opening your encrypted store…" />
          </div>
        </Frame>
      );
    case "active":
      // A new session is a new tree: nothing of the one before may be left in it.
      return <SessionScreens key={phase.sessionId} user={phase.user} />;
    case "expired":
      return (
        <Frame screen="expired" title="Your session has expired" narrow>
          <Heading>Your session has expired</Heading>
          <ExpiredScreen user={phase.user} />
        </Frame>
      );
    case "failed":
      return (
        <Frame screen="failed" title="Your session could not be opened" narrow>
          <Heading>Your session could not be opened</Heading>
          <FailedScreen error={phase.error} user={phase.user} />
        </Frame>
      );
  }
}

/** Whoever signs in next starts at the overview, not where the last person left. */
function useFreshAddress(signedOut: boolean): void {
  useEffect(() => {
    if (signedOut && window.location.hash !== "") {
      window.history.replaceState(null, "", hrefOf("overview"));
    }
  }, [signedOut]);
}
