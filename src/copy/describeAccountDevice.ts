import type { AccountDevice } from "@/domain/accountDevices";

/** How far a device can be relied on, in a few words. */
export function describeStanding(standing: AccountDevice["standing"]): string {
  switch (standing) {
    case "verified":
      return "Verified";
    case "unverified":
      return "Not verified";
    case "no_encryption":
      return "No encryption";
    case "dehydrated":
      return "Stand-in on the server";
  }
}
