import type { AppError } from "@/domain/errors";
import type { LiveSession } from "@/domain/ports";
import type { Result } from "@/domain/result";
import type { QueryClient } from "@tanstack/react-query";
import type { AppStore } from "./appStore";
import type { AttachedSession } from "./attachSession";
import { readAgain } from "./invalidate";
import type { Memory } from "./memory";
import { withoutThrowing } from "./withoutThrowing";

/** A change of the backup that the person makes here: no notice comes of it, and all is read again. */
export function changeBackup<T>(
  { session, watch }: Pick<AttachedSession, "session" | "watch">,
  work: (session: LiveSession) => Promise<Result<T, AppError>>,
): Promise<Result<T, AppError>> {
  return watch.duringOwnChange(() => withoutThrowing(() => work(session)));
}

/** Remembered first: should the page be closed in the middle, it is off when it is next opened. */
export async function switchUpload(
  session: LiveSession,
  deps: { readonly store: AppStore; readonly memory: Memory; readonly queryClient: QueryClient },
  on: boolean,
): Promise<Result<void, AppError>> {
  const { store, memory, queryClient } = deps;
  const { userId, deviceId } = session.user;
  if (!on) memory.write(userId, { uploadOffOn: deviceId });
  const switched = await withoutThrowing(() => session.removal.switchUpload(on));
  if (switched.ok && on) memory.write(userId, { uploadOffOn: null });
  if (!switched.ok && !on) memory.write(userId, { uploadOffOn: null });
  if (switched.ok) store.setState({ uploadOff: !on });
  await readAgain(queryClient, session.id, ["activeVersion", "roomKeys", "backup"]);
  return switched;
}
