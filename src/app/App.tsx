import { Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { PRODUCT_NAME } from "@/copy/terms";
import type { SessionPhase } from "@/domain/session";
import { RedirectWays } from "@/features/sign-in/RedirectWays";
import { SignInScreen } from "@/features/sign-in/SignInScreen";
import { TokenForm } from "@/features/sign-in/TokenForm";
import { waitingFor } from "@/copy/describeSignIn";
import { hrefOf, type Route } from "@/lib/route";
import { useFinishingAt, useSessionPhase } from "@/state/sessionHooks";
import { unstoredOf } from "@/state/sessionPhases";
import { lazyPart, preloadParts } from "@/ui/lazyPart";
import { Spinner } from "@/ui/Spinner";
import { useUnloadGuard } from "@/ui/useUnloadGuard";
import { Account } from "./Account";
import type { AppConfig } from "./config";
import { DocumentTitle } from "./DocumentTitle";
import { FailedScreen, isPageAble } from "./FailedScreen";
import { Frame, type FrameProps } from "./Frame";
import type { ConnectionGuard } from "./guardConnections";
import styles from "./Frame.module.css";
import { Heading } from "./Heading";
import { Nav } from "./Nav";
import { ROUTE_TITLES } from "./routeTitles";
import { SignInProblem } from "./SignInProblem";
import { TabLockScreen } from "./TabLockScreen";
import { useRoute } from "./useRoute";

/** More than half of the app's own code, of no use to those who are not signed in. */
const SessionScreen = lazyPart(async () => (await import("./SessionScreen")).SessionScreen);
// Whoever sees one of these has been here before.
const EndedScreen = lazyPart(
  async () => (await import("@/features/session/EndedScreen")).EndedScreen,
);
const ExportKeys = lazyPart(
  async () => (await import("@/features/key-file/ExportKeys")).ExportKeys,
);
const ExpiredScreen = lazyPart(
  async () => (await import("@/features/session/ExpiredScreen")).ExpiredScreen,
);
const RestoreNews = lazyPart(async () => (await import("./RestoreNews")).RestoreNews);

interface AppProps {
  config: AppConfig;
  connections?: ConnectionGuard;
}

const UNGUARDED: ConnectionGuard = {
  subscribe: () => () => undefined,
  isLeaving: () => false,
  leftBecause: () => null,
};

/** The screen follows from the phase of the session and, inside a session, from the route. */
export function App({ config, connections = UNGUARDED }: AppProps) {
  const phase = usePhase(connections);
  const route = useRoute();
  useFreshAddress(phase.kind === "signed_out");
  useUnloadGuard(isHeldUnopened(phase));
  const hadSession = useHadSession(phase.kind === "opening" || phase.kind === "active");
  // One frame for all screens: it sees them change, and moves the focus along.
  const finishingAt = useFinishingAt();
  const { title, ...frame } = screenOf(phase, route, config, finishingAt);
  return (
    <>
      <Frame {...frame} unstored={unstoredOf(phase).memoryOnly === true} />
      <Suspense fallback={<DocumentTitle title={title} />}>
        {hadSession ? (
          <RestoreNews title={title} route={phase.kind === "active" ? route : null} />
        ) : (
          <DocumentTitle title={title} />
        )}
      </Suspense>
    </>
  );
}

interface Screen extends FrameProps {
  /** For the document's title; null while there is nothing to name. */
  title: string | null;
}

function screenOf(
  phase: SessionPhase,
  route: Route,
  config: AppConfig,
  finishingAt: string | null,
): Screen {
  switch (phase.kind) {
    case "starting":
      if (finishingAt !== null) {
        return waiting("finishing", "Signing you in", waitingFor(finishingAt));
      }
      return {
        screen: "starting",
        title: null,
        children: (
          <div className={styles.quiet}>
            <Spinner label={phase.leaving === true ? "Signing out…" : "Starting…"} />
          </div>
        ),
      };
    case "locked":
      return page(
        `locked ${phase.takenOver}`,
        phase.takenOver ? "Continued in another tab" : `${PRODUCT_NAME} is open in another tab`,
        <TabLockScreen takenOver={phase.takenOver} left={phase.left ?? null} />,
      );
    case "signed_out":
      return page(
        "sign-in",
        "Sign in",
        <>
          <SignInProblem />
          <SignInScreen
            reason={phase.reason}
            memoryOnly={phase.memoryOnly === true}
            defaultHomeserver={config.defaultHomeserver}
            fixedHomeserver={config.homeserver}
          />
        </>,
      );
    case "opening":
      return waiting(
        "opening",
        "Opening your session",
        phase.memoryOnly === true
          ? "Making your keys ready in this tab…"
          : "Opening your encrypted store…",
      );
    case "active":
      return {
        screen: route,
        title: ROUTE_TITLES[route],
        account: <Account user={phase.user} memoryOnly={phase.memoryOnly === true} />,
        nav: <Nav route={route} />,
        // A new session is a new tree: nothing of the one before may be left in it.
        children: (
          <>
            <SignInProblem />
            <SessionScreen
              key={phase.sessionId}
              route={route}
              memoryOnly={phase.memoryOnly === true}
            />
          </>
        ),
      };
    case "expired":
      return page(
        "expired",
        "Your session has expired",
        <>
          <SignInProblem />
          <ExpiredScreen user={phase.user} Ways={RedirectWays} />
        </>,
      );
    case "ended":
      return page(
        "ended",
        phase.expired === true ? "Your session has expired" : "This session was ended",
        <>
          <SignInProblem />
          <EndedScreen
            user={phase.user}
            memoryOnly={phase.memoryOnly === true}
            expired={phase.expired === true}
            Ways={RedirectWays}
            Token={TokenForm}
            ExportKeys={ExportKeys}
          />
        </>,
      );
    case "failed":
      return page(
        "failed",
        titleOfFailed(phase),
        <FailedScreen
          error={phase.error}
          user={phase.user}
          memoryOnly={phase.memoryOnly === true}
        />,
      );
  }
}

/** A screen that only waits. */
function waiting(screen: string, title: string, label: string): Screen {
  return {
    screen,
    title,
    children: (
      <div className={styles.quiet}>
        <Heading>{title}</Heading>
        <Spinner label={label} />
      </div>
    ),
  };
}

function titleOfFailed({ user, error, leaving }: SessionPhase & { kind: "failed" }): string {
  if (leaving !== undefined) return "This browser’s data could not be removed";
  return user === null && !isPageAble(error)
    ? `${PRODUCT_NAME} cannot work here`
    : "Your session could not be opened";
}

/** A screen outside a session: one narrow column under a heading that is also its title. */
function page(screen: string, title: string, content: FrameProps["children"]): Screen {
  return {
    screen,
    title,
    narrow: true,
    children: (
      <>
        <Heading>{title}</Heading>
        {content}
      </>
    ),
  };
}

/** The phase, as far as it is for the eyes: not that between a session and the next page. */
function usePhase({ subscribe, isLeaving, leftBecause }: ConnectionGuard): SessionPhase {
  const phase = useSessionPhase();
  const leaving = useSyncExternalStore(subscribe, isLeaving);
  if (phase.kind !== "signed_out") return phase;
  return leaving ? { kind: "starting" } : { ...phase, reason: phase.reason ?? leftBecause() };
}

/** In memory and not open (yet): what an ended session left may be in this page, and only here. */
function isHeldUnopened(phase: SessionPhase): boolean {
  return (phase.kind === "opening" || phase.kind === "failed") && phase.memoryOnly === true;
}

/** Whoever signs in next starts at the overview, not where the last person left. */
function useFreshAddress(signedOut: boolean): void {
  useEffect(() => {
    if (signedOut && window.location.hash !== "") {
      window.history.replaceState(null, "", hrefOf("overview"));
    }
  }, [signedOut]);
}

/** Fetches the rest of the code once there is a session to use it in. */
function useHadSession(session: boolean): boolean {
  const [had, setHad] = useState(session);
  if (session && !had) setHad(true);
  useEffect(() => {
    if (had) void preloadParts();
  }, [had]);
  return had;
}
