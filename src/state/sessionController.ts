import type { AppError } from "@/domain/errors";
import type { LiveSession, SessionGateway } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import type { SessionPhase, SignedInUser, SignedOutReason } from "@/domain/session";
import type { TabLock, TabLockOptions } from "@/lib/tabLock";
import type { QueryClient } from "@tanstack/react-query";
import { type AppStore, freshSessionState } from "./appStore";
import { type AttachedSession, attachSession } from "./attachSession";
import { readAllAgain } from "./invalidate";
import { changeBackup, switchUpload } from "./changeBackup";
import { lazyGateway } from "./lazyGateway";
import type { Memory } from "./memory";
import { createSignIns } from "./signIns";
import { createRestoreControl } from "./restoreControl";
import type { WakeUps } from "./resumeOnWakeUp";
import type { RestoreControl, SessionActions, SessionController } from "./StoreContext";
import { noteProofs } from "./noteProofs";
import { trackSession } from "./trackSession";
import { withoutThrowing } from "./withoutThrowing";
import { createWorkTracker } from "./workTracker";

/** One tab of a browser owns the session; null is "another tab has it". */
export interface TabLockPort {
  acquire(options: TabLockOptions): Promise<TabLock | null>;
  /** Asks the other tab to close its session, and waits for that. */
  takeOver(options: TabLockOptions): Promise<TabLock | null>;
}

export interface SessionDeps {
  /** Loads the SDK's part of the app on demand; asked again after it rejected. */
  readonly gateway: () => Promise<SessionGateway>;
  readonly lock: TabLockPort;
  readonly store: AppStore;
  readonly queryClient: QueryClient;
  readonly memory: Memory;
  /** Signs that the connection may be back. */
  readonly wakeUps: WakeUps;
  /** Goes to another page, which signs the person in. */
  readonly leaveFor: (url: string) => void;
}

/**
 * Owns the session from the tab lock to its end, and the restore that runs in it, outside React. Every step that waits remembers the
 * `turn` it began in; an answer from a turn that has passed (signed out, taken over, disposed) is
 * dropped, and a session that opened too late is closed. What is under way is tracked, so that the
 * lock is given up only when nothing touches the stored session any more.
 */
export function createSessionController(deps: SessionDeps): {
  readonly session: SessionController;
  readonly restore: RestoreControl;
} {
  const { store, queryClient, memory } = deps;
  const gateway = lazyGateway(deps.gateway);
  const { track, allQuiet } = createWorkTracker();
  let attached: AttachedSession | null = null;
  let lock: TabLock | null = null;
  /** Two clients on one store damage it: the next may open when the last one has closed. */
  let closing: Promise<void> = Promise.resolve();
  let turn = 0;
  let started = false;
  let signingOut: ReturnType<SessionActions["signOut"]> | null = null;

  const restore = createRestoreControl({
    store,
    queryClient,
    memory,
    wakeUps: deps.wakeUps,
    session: () => attached?.session ?? null,
  });

  const phase = (): SessionPhase => store.getState().phase;
  const signIns = createSignIns({
    gateway,
    phase,
    track,
    beginTurn: () => {
      const mine = ++turn;
      return () => mine === turn;
    },
    leaveFor: deps.leaveFor,
    setProblem: (signInProblem) => store.setState({ signInProblem }),
    // What was restored to the ended device is not said of the new one.
    onReplaced: ({ userId }) => {
      memory.write(userId, { lastRestore: null });
      store.setState({ restoreJob: { kind: "idle" } });
    },
    onSignedIn: (user) => void track(open(user)),
  });
  const enter = (next: SessionPhase): void => {
    store.setState({ phase: next });
  };

  async function takeLock(how: "acquire" | "takeOver"): Promise<void> {
    const mine = ++turn;
    enter({ kind: "starting" });
    const held = await deps.lock[how]({ onTakeOver: giveWay });
    if (mine !== turn) {
      held?.release();
      return;
    }
    lock = held;
    if (held === null) enter({ kind: "locked", takenOver: false });
    else await track(openStored());
  }

  /** Another tab asked for the session: nothing of it may run here once this resolves. */
  async function giveWay(): Promise<void> {
    turn++;
    lock = null;
    endSession();
    enter({ kind: "locked", takenOver: true });
    await allQuiet();
  }

  async function openStored(): Promise<void> {
    const mine = ++turn;
    enter({ kind: "starting" });
    let stored = await gateway.readStored();
    if (mine === turn && stored.ok && (await signIns.finishRedirect(stored.value))) {
      stored = await gateway.readStored();
    }
    if (mine !== turn) return;
    if (!stored.ok) enter({ kind: "failed", user: null, error: stored.error });
    else if (stored.value === null) enter({ kind: "signed_out", reason: null });
    else if (stored.value.ended) enter({ kind: "ended", user: stored.value.user });
    else await open(stored.value.user);
  }

  async function open(user: SignedInUser): Promise<void> {
    const mine = ++turn;
    enter({ kind: "opening", user });
    await closing;
    if (mine !== turn) return;
    const opened = await gateway.open();
    if (mine !== turn) {
      if (opened.ok) await opened.value.close();
    } else if (opened.ok) activate(opened.value);
    else if (opened.error.kind === "signed_out") await onEnded(user, opened.error.soft);
    else enter({ kind: "failed", user, error: opened.error });
  }

  function activate(opened: LiveSession): void {
    const session = noteProofs(trackSession(opened, track), (provenVersion) => {
      memory.write(opened.user.userId, { provenVersion });
      store.setState({ provenVersion });
    });
    const { user, id } = session;
    const { lastRestore, lastKeyTest, provenVersion, uploadOffOn } = memory.read(user.userId);
    const uploadOff = uploadOffOn === user.deviceId;
    store.setState({ ...freshSessionState, lastRestore, lastKeyTest, provenVersion, uploadOff });
    const onSignedOut = (soft: boolean): void => {
      if (attached?.session === session && signingOut === null) void track(onEnded(user, soft));
    };
    attached = attachSession(session, { store, queryClient, memory, onSignedOut });
    enter({ kind: "active", user, sessionId: id });
  }

  /** Closes the open session in the background . What is stored stays. */
  function endSession(): void {
    const ending = attached;
    if (ending === null || signingOut !== null) return;
    attached = null;
    ending.detach();
    closing = track(close(ending));
  }

  async function close({ session, dropQueries }: AttachedSession): Promise<void> {
    await restore.stop();
    await withoutThrowing(async () => ok(await session.close()));
    dropQueries();
  }

  /**
   * The server ended the session. Softly: the device goes on once the password is given. For good:
   * its keys may be nowhere else, so they stay until a new device has them, or the person says so.
   */
  async function onEnded(user: SignedInUser, soft: boolean): Promise<void> {
    endSession();
    turn++;
    enter({ kind: soft ? "expired" : "ended", user });
    // Not noted, the next opening asks the server again, and the sign-in notes it first.
    if (!soft) await gateway.markEnded(user);
  }

  async function removeStored(
    user: SignedInUser | null,
    reason: SignedOutReason,
  ): Promise<Result<void, AppError>> {
    const mine = ++turn;
    endSession();
    enter({ kind: "starting" });
    await closing;
    const removed = await gateway.forget();
    if (removed.ok) forgetUser(user);
    if (mine !== turn) return removed;
    enterLeft(removed, user, reason);
    return removed;
  }

  function enterLeft(
    removed: Result<void, AppError>,
    user: SignedInUser | null,
    reason: SignedOutReason,
  ): void {
    enter(
      removed.ok
        ? { kind: "signed_out", reason }
        : { kind: "failed", user, error: removed.error, leaving: reason },
    );
  }

  function forgetUser(user: SignedInUser | null): void {
    if (user !== null) memory.clear(user.userId);
    const nothing = { lastRestore: null, lastKeyTest: null, provenVersion: null };
    store.setState({ ...freshSessionState, restoreJob: { kind: "idle" }, ...nothing });
  }

  async function signOut(leaving: AttachedSession): Promise<Result<void, AppError>> {
    const mine = ++turn;
    const { session } = leaving;
    leaving.detach();
    await restore.stop();
    const told = await withoutThrowing(() => session.signOut());
    const reason = told.ok || told.error.kind === "storage" ? "by_choice" : "local_only";
    // "Removed from this browser" is said only when nothing is left to remove.
    const removed = told.ok ? told : await gateway.forget();
    attached = null;
    leaving.dropQueries();
    if (removed.ok) forgetUser(session.user);
    if (mine === turn) enterLeft(removed, session.user, reason);
    return removed.ok ? told : removed;
  }

  const session: SessionController = {
    start(answer = null) {
      if (started) return;
      started = true;
      signIns.expect(answer);
      void takeLock("acquire");
    },
    findHomeserver: (input) => gateway.findHomeserver(input),
    signIn: signIns.signIn,
    signInWithToken: signIns.signInWithToken,
    signInElsewhere: signIns.signInElsewhere,
    dismissSignInProblem: signIns.dismissSignInProblem,
    signOut() {
      if (signingOut !== null) return signingOut;
      if (attached === null) return track(removeStored(userOf(phase()), reasonToSay(phase())));
      signingOut = track(signOut(attached)).finally(() => {
        signingOut = null;
      });
      return signingOut;
    },
    takeOver() {
      if (phase().kind === "locked") void takeLock("takeOver");
    },
    retryOpen() {
      const now = phase();
      if (now.kind !== "failed") return;
      if (now.leaving !== undefined) void track(removeStored(now.user, now.leaving));
      else void track(now.user === null ? openStored() : open(now.user));
    },
    async forget() {
      const now = phase();
      if (now.kind !== "locked") await track(removeStored(userOf(now), reasonToSay(now)));
    },
    startOver() {
      const now = phase();
      if (now.kind !== "signed_out" && (now.kind !== "failed" || now.user !== null)) return;
      turn++;
      enter({ kind: "signed_out", reason: null });
    },
    liveSession: () => attached?.session ?? null,
    async checkAgain() {
      if (attached === null) return;
      attached.watch.forgetAttempts();
      store.setState({ checkingAgain: true });
      await readAllAgain(queryClient, attached.session.id);
      store.setState({ checkingAgain: false });
    },
    dismissNotice() {
      attached?.watch.dismissNotice();
    },
    askForKeyAgain: async () => attached?.verification.askAgain(),
    rememberKeyTest(lastKeyTest) {
      if (attached === null) return;
      memory.write(attached.session.user.userId, { lastKeyTest });
      store.setState({ lastKeyTest });
    },
    changeBackup: (work) =>
      attached === null ? Promise.resolve(fail({ kind: "closed" })) : changeBackup(attached, work),
    switchUpload: (on) =>
      attached === null
        ? Promise.resolve(fail({ kind: "closed" }))
        : switchUpload(attached.session, { store, memory, queryClient }, on),
    async dispose() {
      started = true;
      turn++;
      endSession();
      await allQuiet();
      lock?.release();
      lock = null;
    },
  };
  return { session, restore };
}

/** How a session ends from here when what is stored is removed and nobody tells the server. */
function reasonToSay(phase: SessionPhase): SignedOutReason {
  if (phase.kind === "failed" && phase.leaving !== undefined) return phase.leaving;
  return phase.kind === "ended" ? "by_choice" : "local_only";
}

function userOf(phase: SessionPhase): SignedInUser | null {
  return "user" in phase ? phase.user : null;
}
