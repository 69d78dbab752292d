import type { OtherTab } from "@/domain/otherTab";
import { settledCount } from "@/domain/restore";
import type { TabLockNews } from "@/lib/tabLock";
import type { AppState, AppStore } from "./appStore";

/** While another tab has the session, keeps the store told of what goes on there. */
export function watchOtherTab(
  store: AppStore,
  watch: (listener: (news: TabLockNews) => void) => () => void,
): void {
  let stop: (() => void) | null = null;
  store.subscribe(
    ({ phase }) => phase.kind === "locked",
    (locked) => {
      stop?.();
      stop = null;
      store.setState({ otherTab: { kind: "silent" } });
      if (locked) stop = watch((news) => store.setState({ otherTab: readNews(news) }));
    },
  );
}

/** What this tab tells those that wait for its session. No secret, and nothing of the rooms. */
export function describeThisTab({
  phase,
  restoreJob,
}: AppState): Omit<Extract<OtherTab, { kind: "answering" }>, "kind"> {
  const userId = "user" in phase && phase.user !== null ? phase.user.userId : null;
  if (restoreJob.kind !== "running") return { userId, restore: null };
  const { tally } = restoreJob;
  return { userId, restore: { done: settledCount(tally), total: tally.expected } };
}

function readNews(news: TabLockNews): OtherTab {
  if (news.kind === "free") return { kind: "gone" };
  const { status } = news;
  if (!isRecord(status)) return { kind: "silent" };
  const { userId, restore } = status;
  return {
    kind: "answering",
    userId: typeof userId === "string" ? userId : null,
    restore: readRestore(restore),
  };
}

function readRestore(restore: unknown): { done: number; total: number } | null {
  if (!isRecord(restore)) return null;
  const { done, total } = restore;
  return typeof done === "number" && typeof total === "number" ? { done, total } : null;
}

function isRecord(data: unknown): data is Record<string, unknown> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}
