import type { AccountDevice } from "@/domain/accountDevices";
import type { Reading } from "@/domain/reading";
import { useQuery } from "@tanstack/react-query";
import { queriesOf, toReading, unreadOptions } from "./queries";
import { useOpenSession } from "./sessionHooks";

/** Who else is signed in to the account; read while `wanted`, anew each time it is looked at. */
export function useAccountDevices(wanted: boolean): {
  readonly devices: Reading<readonly AccountDevice[]>;
  readonly readAgain: () => void;
} {
  const session = useOpenSession();
  const options = session === null ? null : queriesOf(session).accountDevices;
  const query = useQuery({
    ...(options ?? unreadOptions<readonly AccountDevice[]>("accountDevices")),
    enabled: wanted && session !== null,
  });
  return { devices: toReading(query), readAgain: () => void query.refetch() };
}
