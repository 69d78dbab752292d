import type { BackupInfo, BackupVersion } from "@/domain/backup";
import type { LiveSession } from "@/domain/ports";
import { lastValue } from "@/domain/reading";
import type { RestoreOutcome } from "@/domain/restore";
import {
  type InterruptedRestore,
  isResumable,
  type RestoreJobEvent,
  restoreJobReducer,
  summariseRestore,
} from "@/domain/restoreJob";
import { type Clock, systemClock } from "@/lib/clock";
import type { QueryClient } from "@tanstack/react-query";
import type { AppStore } from "./appStore";
import { createInvalidator, readAgain } from "./invalidate";
import type { Memory } from "./memory";
import { queriesOf, toReading } from "./queries";
import { resumeOnWakeUp, type WakeUps } from "./resumeOnWakeUp";
import { runRestore } from "./runRestore";
import { showProgress } from "./showProgress";
import type { RestoreControl } from "./StoreContext";
import { throttle } from "./throttle";

/** How often messages are decrypted anew while rooms come in. */
const ROOMS_EVERY_MS = 1_000;

interface RestoreDeps {
  readonly store: AppStore;
  readonly queryClient: QueryClient;
  readonly memory: Memory;
  /** The open session, or null. */
  readonly session: () => LiveSession | null;
  readonly wakeUps: WakeUps;
  readonly clock?: Clock;
}

export interface RestoreJobControl extends RestoreControl {
  /** Stops a running restore and resolves when it has stopped; what it did is kept as paused. */
  readonly stop: () => Promise<void>;
  /**
   * Another tab takes the session over: a restore that runs now is to go on there by itself. How far
   * it comes is told there, so this page has none of its own from now on.
   */
  readonly handOver: () => void;
}

interface Run {
  readonly abort: AbortController;
  /** What a stop means. */
  intent: "pause" | "cancel";
  /** Rooms asked for before the engine runs; null from then on. */
  askedEarly: string[] | null;
  done: Promise<void>;
}

/** Runs the page's one restore. It belongs to no component and survives navigation. */
export function createRestoreControl(deps: RestoreDeps): RestoreJobControl {
  const { store, queryClient } = deps;
  const clock = deps.clock ?? systemClock;
  let current: Run | null = null;

  const dispatch = (event: RestoreJobEvent): void => {
    store.setState(({ restoreJob }) => ({ restoreJob: restoreJobReducer(restoreJob, event) }));
  };

  /** Kept over a reload or a crash: the next visit can then offer to go on. */
  const remember = (session: LiveSession | null, interrupted: InterruptedRestore | null): void => {
    if (session !== null) deps.memory.write(session.user.userId, { interrupted });
  };

  store.subscribe(
    ({ phase }) => phase,
    (phase) => {
      if (phase.kind !== "active") return;
      const { interrupted } = deps.memory.read(phase.user.userId);
      // What came in went to the store of that device; another one knows nothing of it.
      if (interrupted === null || interrupted.deviceId !== phase.user.deviceId) return;
      dispatch({ type: "recalled", version: interrupted.version });
      if (interrupted.handedOver === true) void goOn(interrupted);
    },
  );

  /** Goes on with what ran in another tab. If the backup cannot be read, the person can do it later. */
  async function goOn({ version, deviceId }: InterruptedRestore): Promise<void> {
    const session = deps.session();
    remember(session, { version, deviceId });
    if (session === null) return;
    await queryClient.fetchQuery(queriesOf(session).backup).catch(() => undefined);
    if (deps.session() === session) resume();
  }

  function dismiss(): void {
    remember(deps.session(), null);
    dispatch({ type: "dismissed" });
  }

  function begin(): void {
    const session = deps.session();
    if (session === null || current !== null) return;
    const { queryKey } = queriesOf(session).backup;
    const info = lastValue(
      toReading<BackupInfo | null>({ data: queryClient.getQueryData(queryKey) }),
    );
    if (info === undefined || info === null) return;
    const { version, count: expected } = info;
    const run: Run = {
      abort: new AbortController(),
      intent: "pause",
      askedEarly: [],
      done: Promise.resolve(),
    };
    current = run;
    remember(session, { version, deviceId: session.user.deviceId });
    dispatch({ type: "started", version, expected, at: Date.now() });
    run.done = follow(session, version, expected, run);
  }

  async function follow(
    session: LiveSession,
    version: BackupVersion,
    lastCount: number,
    run: Run,
  ): Promise<void> {
    const progress = showProgress(clock, lastCount, dispatch);
    const invalidate = createInvalidator(queryClient, session.id);
    const readRooms = throttle(clock, ROOMS_EVERY_MS, () => {
      invalidate(["rooms"]);
    });
    const outcome = await runRestore({
      session,
      version,
      signal: run.abort.signal,
      progress,
      clock,
      onRoomReady(roomId) {
        if (current !== run) return;
        dispatch({ type: "room_ready", roomId });
        readRooms.call();
      },
      takeAskedRooms() {
        const rooms = run.askedEarly ?? [];
        run.askedEarly = null;
        return rooms;
      },
    });
    progress.stop();
    readRooms.stop();
    current = null;
    end(session, version, run, outcome, progress.speed());
    void readAgain(queryClient, session.id, ["roomKeys", "rooms", "roomKeyCounts", "backup"]);
  }

  function end(
    session: LiveSession,
    version: BackupVersion,
    run: Run,
    outcome: RestoreOutcome,
    speed: number | null,
  ): void {
    const { report } = outcome;
    if (outcome.kind === "completed") {
      // A restore that found everything here says nothing of the speed: the one known stays true.
      const keysPerSecond = speed ?? store.getState().lastRestore?.keysPerSecond ?? null;
      const lastRestore = summariseRestore(version, report, Date.now(), keysPerSecond);
      deps.memory.write(session.user.userId, { lastRestore, interrupted: null });
      store.setState({ lastRestore });
      dispatch({ type: "finished", report });
    } else if (outcome.kind === "failed") {
      const { kind } = outcome.error;
      // That backup is gone: there is nothing to go on with.
      if (kind === "no_backup" || kind === "backup_changed") remember(session, null);
      dispatch({ type: "failed", report, error: outcome.error });
    } else if (run.intent === "cancel") {
      remember(session, null);
      dispatch({ type: "dismissed" });
    } else {
      dispatch({ type: "paused", report });
    }
  }

  function resume(): void {
    if (isResumable(store.getState().restoreJob)) begin();
  }

  function bringForward(roomId: string): void {
    const session = deps.session();
    if (session === null || current === null) return;
    dispatch({ type: "room_asked", roomId });
    if (current.askedEarly === null) session.restore.bringForward(roomId);
    else current.askedEarly.push(roomId);
  }

  async function stopWith(intent: Run["intent"]): Promise<void> {
    if (current === null) return;
    current.intent = intent;
    current.abort.abort();
    await current.done;
  }

  resumeOnWakeUp(deps.wakeUps, { job: () => store.getState().restoreJob, resume });

  return {
    start: begin,
    resume,
    bringForward,
    pause: () => void stopWith("pause"),
    cancel() {
      if (current === null) dismiss();
      else void stopWith("cancel");
    },
    dismiss() {
      if (current === null) dismiss();
    },
    // Whoever has just called it off does not want it paused.
    stop: () => stopWith(current?.intent ?? "pause"),
    handOver() {
      const job = store.getState().restoreJob;
      const session = deps.session();
      if (current?.abort.signal.aborted === false && session !== null && job.kind === "running") {
        const { deviceId } = session.user;
        remember(session, { version: job.version, deviceId, handedOver: true });
      }
      dispatch({ type: "dismissed" });
    },
  };
}
