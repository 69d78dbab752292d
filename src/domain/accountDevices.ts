import type { AppError } from "./errors";
import type { Reading } from "./reading";
import type { Result } from "./result";

/** Another device that is signed in to the same account. */
export interface AccountDevice {
  readonly deviceId: string;
  /** As whoever signed it in has called it: untrusted text. Null without a name. */
  readonly name: string | null;
  /** Milliseconds since the epoch by the server, which tells it a little late. */
  readonly lastSeenAt: number | null;
  /**
   * `verified`: signed by the account's identity, so it is the person's own and can hold its secrets.
   * `unverified`: it has encryption keys, and nobody vouched for it. `no_encryption`: it never
   * published keys. `dehydrated`: a stand-in on the server, which no person can use.
   */
  readonly standing: "verified" | "unverified" | "no_encryption" | "dehydrated";
}

export interface AccountDevicesPort {
  /**
   * The account's other devices by fresh reads (`GET /devices` and a key query), the one used last
   * first. None is `verified` before this device trusts the account's identity. Client-Server API,
   * "Device management".
   */
  list(): Promise<Result<readonly AccountDevice[], AppError>>;
}

/** Who else can hold the history once this device is signed out. */
export type OtherHolders =
  | { readonly kind: "checking" }
  | { readonly kind: "unknown" }
  | { readonly kind: "none" }
  /** `others`: there are devices, and none of them can be relied on: nobody vouched for them. */
  | { readonly kind: "verified"; readonly count: number }
  | { readonly kind: "others"; readonly count: number };

/** Another verified device can hold keys and secrets. A list that could not be read says nothing. */
export function otherHolders(devices: Reading<readonly AccountDevice[]>): OtherHolders {
  if (devices.status === "unread") return { kind: "checking" };
  if (devices.status !== "known") return { kind: "unknown" };
  const number = (standing: AccountDevice["standing"]): number =>
    devices.value.filter((device) => device.standing === standing).length;
  const verified = number("verified");
  if (verified > 0) return { kind: "verified", count: verified };
  const others = number("unverified");
  return others === 0 ? { kind: "none" } : { kind: "others", count: others };
}
