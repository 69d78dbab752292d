import type { OpenedBy } from "@/domain/keyEntry";

/** What a key turned out to be: words without their full stop, and what the key is called. */
export interface OpenedByWords {
  readonly text: string;
  /** Unauthenticated text, or an id; to be isolated. Null where the words say all. */
  readonly name: string | null;
}

/** Enough of an id to tell two keys apart. */
const SHORT_ID = 8;

export function describeOpenedBy(openedBy: OpenedBy): OpenedByWords {
  if (openedBy.kind === "decryption_key") {
    return {
      text: "It is the backup’s own decryption key. It opens the backup and nothing else, so it does not verify a device",
      name: null,
    };
  }
  if (openedBy.isDefault) {
    return { text: "It is the recovery key that the account uses now", name: openedBy.name };
  }
  return {
    text: "It is another recovery key of the account, not the one it uses by default",
    name: openedBy.name ?? openedBy.keyId.slice(0, SHORT_ID),
  };
}
