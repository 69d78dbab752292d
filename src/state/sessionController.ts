import type { AppError } from "@/domain/errors";
import type { LiveSession } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import type { SessionPhase, SignedInUser, SignedOutReason } from "@/domain/session";
import type { TabLock } from "@/lib/tabLock";
import { freshSessionState } from "./appStore";
import type { AttachedSession, AttachSession } from "./attachSession";
import { readAllAgain } from "./invalidate";
import { changeBackup, switchUpload } from "./changeBackup";
import { arrive, lazyGateway } from "./lazyGateway";
import { createSignIns } from "./signIns";
import { createRestoreControl } from "./restoreControl";
import type { RestoreControl, SessionActions, SessionController } from "./StoreContext";
import { isBefore, isWithoutStorage, reasonToSay, unstoredOf, userOf } from "./sessionPhases";
import { readOnWakeUp } from "./readOnWakeUp";
import type { SessionDeps } from "./sessionDeps";
import { describeThisTab, watchOtherTab } from "./watchOtherTab";
import { withoutThrowing } from "./withoutThrowing";
import { createWorkTracker } from "./workTracker";

/**
 * Owns the session from the tab lock to its end, and the restore that runs in it, outside React.
 * Every step that waits remembers the `turn` it began in; an answer from a turn that has passed
 * (signed out, taken over, disposed) is dropped, and a session that opened too late is closed. What
 * is under way is tracked: the lock is given up only when nothing touches the stored session any more.
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
  /** The session of this page is in memory: no lock is needed, and nothing stored is touched. */
  let inMemory = false;
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

  readOnWakeUp(deps.wakeUps, { queryClient, session: () => attached?.session ?? null });
  watchOtherTab(store, (listener) => deps.lock.watch(listener));

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
    onElsewhere: (signedInAt) => store.setState({ signedInAt }),
    // What was restored to the ended device is not said of the new one.
    onReplaced: ({ userId }) => {
      memory.write(userId, { lastRestore: null });
      store.setState({ restoreJob: { kind: "idle" } });
    },
    onUnstored: () => setInMemory(true),
    onSignedIn: (user) => void track(open(user)),
  });
  const enter = (next: SessionPhase): void => {
    store.setState(({ finishing }) => ({ phase: next, finishing: finishing && isBefore(next) }));
  };

  const mark = (): { readonly memoryOnly?: true } => (inMemory ? { memoryOnly: true } : {});

  function releaseLock(): void {
    lock?.release();
    lock = null;
  }

  function setInMemory(next: boolean): void {
    inMemory = next;
    memory.holdInPage(next);
    if (next) releaseLock();
  }

  /** `left`: how a session in memory has just ended here. */
  async function takeLock(how: "acquire" | "takeOver", left?: SignedOutReason): Promise<void> {
    const mine = ++turn;
    // What is opened under the lock is what is stored.
    setInMemory(false);
    enter({ kind: "starting" });
    const held = await deps.lock[how]({
      onTakeOver: giveWay,
      describe: () => describeThisTab(store.getState()),
    });
    if (mine !== turn) {
      held?.release();
      return;
    }
    lock = held;
    // Without locks the gateway finds no storage, and a session in memory needs none.
    if (held !== null || !deps.lock.exists) await track(openStored(left));
    else enter({ kind: "locked", takenOver: false, ...(left === undefined ? {} : { left }) });
  }

  /** Another tab asked for the session: nothing of it may run here once this resolves. */
  async function giveWay(): Promise<void> {
    turn++;
    lock = null;
    restore.handOver();
    endSession();
    enter({ kind: "locked", takenOver: true });
    await allQuiet();
  }

  async function openStored(left: SignedOutReason | null = null): Promise<void> {
    const mine = ++turn;
    enter({ kind: "starting" });
    let stored = await gateway.readStored();
    if (mine === turn && (stored.ok || isWithoutStorage(stored.error))) {
      const answer = await signIns.finishRedirect(stored.ok ? stored.value : null);
      if (answer.kind === "unstored") {
        if (mine !== turn) {
          // Nobody will open it here.
          await gateway.forget();
          return;
        }
        setInMemory(true);
        await open(answer.user);
        return;
      }
      if (answer.kind === "stored") stored = await gateway.readStored();
    }
    if (mine !== turn) return;
    if (!stored.ok && isWithoutStorage(stored.error)) {
      // There is nothing to guard, and other tabs can have sessions of their own.
      releaseLock();
      enter({ kind: "signed_out", reason: left, memoryOnly: true });
    } else if (!stored.ok) enter({ kind: "failed", user: null, error: stored.error });
    else if (stored.value === null) {
      // If something should be stored, the browser has cleared it.
      const evicted = memory.readDevice() === null ? null : "evicted";
      enter({ kind: "signed_out", reason: left ?? evicted });
    } else if (stored.value.ended) enter({ kind: "ended", user: stored.value.user });
    else await open(stored.value.user);
  }

  async function open(user: SignedInUser): Promise<void> {
    const mine = ++turn;
    enter({ kind: "opening", user, ...mark() });
    const loading = arrive(deps.attachSession);
    await closing;
    const attach = await loading;
    if (mine !== turn) return;
    const opened = attach.ok ? await gateway.open() : attach;
    if (mine !== turn) {
      if (opened.ok) await opened.value.close();
    } else if (opened.ok && attach.ok) activate(opened.value, attach.value);
    else if (!opened.ok && opened.error.kind === "signed_out")
      await onEnded(user, opened.error.soft);
    else if (!opened.ok) enter({ kind: "failed", user, error: opened.error, ...mark() });
  }

  function activate(opened: LiveSession, attach: AttachSession): void {
    const mine = attach(opened, {
      store,
      queryClient,
      memory,
      track,
      onSignedOut(soft) {
        if (attached === mine && signingOut === null) void track(onEnded(mine.session.user, soft));
      },
    });
    attached = mine;
    const { user, id } = mine.session;
    memory.noteDevice(user);
    enter({ kind: "active", user, sessionId: id, ...mark() });
  }

  /** Closes the open session in the background. What is stored stays. */
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
   * In memory it is always for good.
   */
  async function onEnded(user: SignedInUser, soft: boolean): Promise<void> {
    endSession();
    turn++;
    if (inMemory) {
      enter({ kind: "ended", user, memoryOnly: true, expired: soft });
      return;
    }
    enter({ kind: soft ? "expired" : "ended", user });
    // Not noted, the next opening asks the server again, and the sign-in notes it first.
    if (!soft) await gateway.markEnded(user);
  }

  async function removeStored(
    user: SignedInUser | null,
    known: SignedOutReason | null,
  ): Promise<Result<void, AppError>> {
    const mine = ++turn;
    endSession();
    enter({ kind: "starting", leaving: true });
    await closing;
    const reason = known ?? ((await gateway.endUnopened()).ok ? "by_choice" : "local_only");
    const removed = await gateway.forget();
    if (removed.ok) forgetUser(user);
    if (mine === turn) await enterLeft(removed, user, reason);
    return removed;
  }

  async function enterLeft(
    removed: Result<void, AppError>,
    user: SignedInUser | null,
    reason: SignedOutReason,
  ): Promise<void> {
    if (removed.ok && inMemory) {
      // Meanwhile another tab may have stored a session, or may be about to.
      await takeLock("acquire", reason);
      return;
    }
    enter(
      removed.ok
        ? { kind: "signed_out", reason }
        : { kind: "failed", user, error: removed.error, leaving: reason },
    );
  }

  function forgetUser(user: SignedInUser | null): void {
    const stillSignedInAt = user === null ? null : memory.clear(user.userId).signedInAt;
    memory.noteDevice(null);
    const nothing = { lastRestore: null, lastKeyTest: null, proven: null, stillSignedInAt };
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
    if (mine === turn) await enterLeft(removed, session.user, reason);
    return removed.ok ? told : removed;
  }

  const session: SessionController = {
    start(answer = null, begun = null) {
      if (started) return;
      started = true;
      signIns.expect(answer);
      store.setState({ begun, finishing: answer !== null && begun !== null });
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
      if (signIns.isBusy()) return;
      if (now.kind === "signed_out" && now.memoryOnly === true) void takeLock("acquire");
      if (now.kind !== "failed") return;
      if (now.leaving !== undefined) void track(removeStored(now.user, now.leaving));
      else void track(now.user === null ? openStored() : open(now.user));
    },
    async exportEnded(request) {
      if (phase().kind !== "ended") return fail({ kind: "closed" });
      await closing;
      return track(gateway.exportEnded(request));
    },
    async forget() {
      const now = phase();
      if (now.kind !== "locked") await track(removeStored(userOf(now), reasonToSay(now)));
    },
    startOver() {
      const now = phase();
      if (now.kind !== "signed_out" && (now.kind !== "failed" || now.user !== null)) return;
      turn++;
      enter({ kind: "signed_out", reason: null, ...unstoredOf(now) });
    },
    liveSession: () => attached?.session ?? null,
    async checkAgain() {
      if (attached === null) return;
      attached.watch.forgetAttempts();
      store.setState({ checkingAgain: true });
      await readAllAgain(queryClient, attached.session.id);
      store.setState({ checkingAgain: false });
    },
    dismissNotice: () => attached?.watch.dismissNotice(),
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
        : switchUpload(attached.session, { store, queryClient }, on),
    async dispose() {
      started = true;
      turn++;
      endSession();
      await allQuiet();
      releaseLock();
    },
  };
  return { session, restore };
}
