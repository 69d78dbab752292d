import type { BackupVersion } from "@/domain/backup";
import { isBackupVersion } from "@/matrix/backupInfo";
import { olmMachineOf, withFreed } from "@/matrix/olmMachine";
import type { SessionContext } from "@/matrix/sessionContext";
import type { BenchApi, RestoreRun, RestoreWish, SessionWish } from "./benchApi";
import { watchLongTasks } from "./longTasks";
import { measureSteps } from "./measureSteps";
import { openSession } from "./openSession";
import { runEngine } from "./wiring";

interface Open {
  readonly wish: SessionWish;
  readonly context: SessionContext;
  readonly version: BackupVersion;
}

let open: Open | null = null;
let settled = 0;

const api: BenchApi = {
  async open(wish) {
    if (!isBackupVersion(wish.version)) throw new Error("not a backup version");
    open = { wish, context: await openSession(wish), version: wish.version };
  },
  async restore(wish) {
    const { context, version } = opened();
    settled = 0;
    const stopWatching = watchLongTasks();
    const startedAt = performance.now();
    const run =
      wish.side === "ours"
        ? await restoreOurs(context, version, wish, startedAt)
        : await restoreSdk(context);
    const ms = performance.now() - startedAt;
    return { ...run, ms, longTasks: await stopWatching() };
  },
  progress: () => settled,
  async countStored() {
    const machine = await olmMachineOf(opened().context);
    return withFreed(await machine.roomKeyCounts(), ({ total }) => total);
  },
  async download() {
    const { wish } = opened();
    const startedAt = performance.now();
    const body = await fetchBackup(wish);
    let bytes = 0;
    for await (const chunk of body) bytes += chunk.length;
    return { ms: performance.now() - startedAt, bytes };
  },
  async measureSteps(keys) {
    const { wish, context, version } = opened();
    return measureSteps({ wish, context, version, body: await fetchBackup(wish), keys });
  },
  async measureMemory() {
    // Not in TypeScript's library; there only on pages that are cross-origin isolated.
    const measure: unknown = Reflect.get(performance, "measureUserAgentSpecificMemory");
    if (typeof measure !== "function") return null;
    const answer: unknown = await measure.call(performance);
    const bytes =
      typeof answer === "object" && answer !== null && "bytes" in answer && answer.bytes;
    return typeof bytes === "number" ? bytes : null;
  },
};
window.bench = api;

function opened(): Open {
  if (open === null) throw new Error("no session is open");
  return open;
}

type SideRun = Omit<RestoreRun, "ms" | "longTasks">;

async function restoreOurs(
  context: SessionContext,
  version: BackupVersion,
  wish: RestoreWish,
  startedAt: number,
): Promise<SideRun> {
  const { firstRoomAt, ...run } = await runEngine(context, version, wish, (keys) => {
    settled = keys;
  });
  return { ...run, firstRoomMs: firstRoomAt === null ? null : firstRoomAt - startedAt };
}

async function restoreSdk(context: SessionContext): Promise<SideRun> {
  let failed = 0;
  const { imported } = await context.crypto().restoreKeyBackup({
    progressCallback(progress) {
      if (!("successes" in progress)) return;
      ({ failures: failed } = progress);
      settled = progress.successes + progress.failures;
    },
  });
  return {
    imported,
    already: 0,
    failed,
    recalled: 0,
    decrypted: null,
    handedIn: null,
    firstRoomMs: null,
  };
}

async function fetchBackup(wish: SessionWish): Promise<ReadableStream<Uint8Array>> {
  const url = `${wish.homeserverUrl}/_matrix/client/v3/room_keys/keys?version=${wish.version}`;
  const response = await fetch(url, { headers: { Authorization: `Bearer ${wish.accessToken}` } });
  if (!response.ok || response.body === null) throw new Error(`no backup: ${response.status}`);
  return response.body;
}
