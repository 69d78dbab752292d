import type { RestoreFailureReason } from "@/domain/restore";

/** Why an entry did not become a key here, and whether anything can be done about it. */
export function describeRestoreFailure(reason: RestoreFailureReason): {
  title: string;
  body: string;
} {
  switch (reason) {
    case "malformed":
      return {
        title: "Damaged entry",
        body: "The entry in the backup lacks parts every room key has. Another of your devices may hold a good copy.",
      };
    case "bad_room_id":
      return {
        title: "Not a room",
        body: "The entry stands under a name that is no room id, so no message can belong to it.",
      };
    case "undecryptable":
      return {
        title: "Could not be decrypted",
        body: "The entry was damaged, or made for another backup key. Another of your devices may hold a good copy.",
      };
    case "wrong_algorithm":
      return {
        title: "Unknown kind of key",
        body: "The entry is for an encryption method this app does not know.",
      };
    case "too_large":
      return {
        title: "Too large",
        body: "The entry is far larger than any real key and was left out.",
      };
    case "rejected":
      return {
        title: "Refused by this device’s key store",
        body: "The entry was decrypted, but the key in it is not valid.",
      };
  }
}
