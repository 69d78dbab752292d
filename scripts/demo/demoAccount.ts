/** One account of the demo, as printed and as kept in accounts.json. */
export interface DemoAccount {
  readonly userId: string;
  readonly username: string;
  readonly password: string;
  /** As made by the seeding; null where the account has none. */
  readonly recoveryKey: string | null;
  /** What the account is good for, in a few words. */
  readonly note: string;
  /** The path of a file that holds the recovery key; null where there is none. */
  readonly recoveryKeyFile: string | null;
}

/** Reads what accounts.json holds, or null when it is not what the seeding writes. */
export function parseDemoAccounts(text: string): DemoAccount[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return Array.isArray(value) && value.length > 0 && value.every(isDemoAccount) ? value : null;
}

function isDemoAccount(value: unknown): value is DemoAccount {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  const texts = ["userId", "username", "password", "note"];
  const textsOrNull = ["recoveryKey", "recoveryKeyFile"];
  return (
    texts.every((name) => typeof fields[name] === "string") &&
    textsOrNull.every((name) => fields[name] === null || typeof fields[name] === "string")
  );
}
