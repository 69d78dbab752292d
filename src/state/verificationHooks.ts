import type { KeyWait } from "@/domain/keyWait";
import type { Reading } from "@/domain/reading";
import type { OwnDevice, VerificationState } from "@/domain/verification";
import { useQuery } from "@tanstack/react-query";
import { useStore } from "zustand";
import { queriesOf, toReading, unreadOptions } from "./queries";
import { useOpenSession, useServices } from "./sessionHooks";

/** Where the verification with another device is, and the wait for the key that follows it. */
export function useVerification(): {
  readonly state: VerificationState;
  readonly keyWait: KeyWait;
  readonly askForKeyAgain: () => Promise<void>;
} {
  const { store, session } = useServices();
  const state = useStore(store, ({ verification }) => verification);
  const keyWait = useStore(store, (app) => app.keyWait);
  return { state, keyWait, askForKeyAgain: session.askForKeyAgain };
}

/** The account's other devices, read while this is shown. */
export function useOwnDevices(): {
  readonly devices: Reading<readonly OwnDevice[]>;
  readonly checkAgain: () => void;
} {
  const session = useOpenSession();
  const options = session === null ? null : queriesOf(session).devices;
  const query = useQuery(options ?? unreadOptions<readonly OwnDevice[]>("devices"));
  return { devices: toReading(query), checkAgain: () => void query.refetch() };
}
