import { useState } from "react";
import { describeRestoreNews, describeRestoreTitle } from "@/copy/describeRestoreNews";
import type { RestoreJob } from "@/domain/restoreJob";
import type { Route } from "@/lib/route";
import { useRestoreJob } from "@/state/actionHooks";
import { LiveRegion } from "@/ui/LiveRegion";
import { DocumentTitle } from "./DocumentTitle";
import { usePageVisible } from "./usePageVisible";

interface RestoreNewsProps {
  /** Of the screen. */
  title: string | null;
  /** Null outside of a session. */
  route: Route | null;
}

/**
 * Tells of the restore on every screen: in the document's title, and politely to those who listen.
 * It is always there, so that nothing is said twice when the screens change.
 */
export function RestoreNews({ title, route }: RestoreNewsProps) {
  const { job } = useRestoreJob();
  const seen = useSeen(job, route);
  const news = route === null || seen ? null : describeRestoreTitle(job);
  return (
    <>
      <DocumentTitle title={title} news={news} />
      <LiveRegion message={useSpoken(describeRestoreNews(job), job.kind, route)} />
    </>
  );
}

/** Was the end of this restore on the screen, with the person before it? */
function useSeen(job: RestoreJob, route: Route | null): boolean {
  const visible = usePageVisible();
  const [seen, setSeen] = useState<RestoreJob | null>(null);
  if (job.kind === "finished" && route === "restore" && visible && seen !== job) setSeen(job);
  return seen === job;
}

/**
 * The restore screen says a failure by an alert of its own. Where the person is when it happens
 * decides; going elsewhere later is no news.
 */
function useSpoken(message: string, kind: RestoreJob["kind"], route: Route | null): string {
  const [last, setLast] = useState({ message: "", spoken: "", route });
  if (last.message !== message) {
    setLast({ message, spoken: kind === "failed" && route === "restore" ? "" : message, route });
  } else if (last.route !== route) {
    // Who reads on from here would find it on every later screen.
    setLast({ message, spoken: "", route });
  }
  return last.spoken;
}
