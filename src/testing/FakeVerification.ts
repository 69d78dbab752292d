import type { AppError } from "@/domain/errors";
import { ok, type Result } from "@/domain/result";
import {
  NO_VERIFICATION,
  type OwnDevice,
  type VerificationFlow,
  type VerificationPort,
  type VerificationState,
} from "@/domain/verification";

export const laptop: OwnDevice = {
  deviceId: "LAPTOP",
  name: "Laptop",
  lastSeenAt: 1_700_000_000_000,
  standing: "verified",
};

export const asked: VerificationFlow = {
  id: "asked",
  startedHere: true,
  role: "newcomer",
  other: laptop,
};
export const incoming: VerificationFlow = {
  id: "incoming",
  startedHere: false,
  role: "helper",
  other: { ...laptop, deviceId: "PHONE", name: "New phone", standing: "unverified" },
};

/** A verification that goes where the test says; `log` has what was done to it, in order. */
export class FakeVerification implements VerificationPort {
  devices: Result<readonly OwnDevice[], AppError> = ok([laptop]);
  code: Result<Uint8Array | null, AppError> = ok(null);
  scanned: Result<void, AppError> = ok(undefined);
  requested: Result<boolean, AppError> = ok(true);
  readonly log: string[] = [];
  #state: VerificationState = NO_VERIFICATION;
  readonly #listeners = new Set<(state: VerificationState) => void>();

  readonly state = (): VerificationState => this.#state;

  readonly subscribe = (listener: (state: VerificationState) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Goes on to this state, as the other side or the protocol would make it. */
  enter(state: VerificationState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  readonly listDevices = async () => this.devices;

  readonly request = (options: { deviceId: string | null; canScan: boolean }) =>
    this.#note(`request ${options.deviceId ?? "all"}${options.canScan ? " with camera" : ""}`);
  readonly accept = () => this.#note("accept");
  readonly cancel = async (): Promise<void> => void this.log.push("cancel");
  readonly dismiss = (): void => {
    this.log.push("dismiss");
    this.enter(NO_VERIFICATION);
  };
  readonly startEmoji = () => this.#note("startEmoji");
  readonly readCode = async () => this.code;
  readonly scan = async (code: Uint8Array) => {
    this.log.push(`scan ${code.length}`);
    return this.scanned;
  };
  readonly confirm = () => this.#note("confirm");
  readonly reject = async (): Promise<void> => void this.log.push("reject");
  readonly requestKeys = async () => {
    this.log.push("requestKeys");
    return this.requested;
  };

  async #note(entry: string): Promise<Result<void, AppError>> {
    this.log.push(entry);
    return ok(undefined);
  }
}
