import type { AppError } from "@/domain/errors";
import type { LiveSession } from "@/domain/ports";
import type { SwitchedUpload } from "@/domain/removalPorts";
import type { Result } from "@/domain/result";
import type { QueryClient } from "@tanstack/react-query";
import type { AppStore } from "./appStore";
import type { AttachedSession } from "./attachSession";
import { readAgain } from "./invalidate";
import { withoutThrowing } from "./withoutThrowing";

/** A change of the backup that the person makes here: no notice comes of it, and all is read again. */
export function changeBackup<T>(
  { session, watch }: Pick<AttachedSession, "session" | "watch">,
  work: (session: LiveSession) => Promise<Result<T, AppError>>,
): Promise<Result<T, AppError>> {
  return watch.duringOwnChange(() => withoutThrowing(() => work(session)));
}

/** What is shown is what holds, whichever way the switch has ended. */
export async function switchUpload(
  session: LiveSession,
  deps: { readonly store: AppStore; readonly queryClient: QueryClient },
  on: boolean,
): Promise<Result<SwitchedUpload, AppError>> {
  const { store, queryClient } = deps;
  const switched = await withoutThrowing(() => session.removal.switchUpload(on));
  store.setState({ uploadOff: session.removal.isUploadOff() });
  await readAgain(queryClient, session.id, ["activeVersion", "roomKeys", "backup"]);
  return switched;
}
