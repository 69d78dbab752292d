// Apart from what reads a recovery key: words for its faults are there long before that is.

/** Length of a recovery key's text without white space; every well-formed key has it. */
export const RECOVERY_KEY_LENGTH = 48;
