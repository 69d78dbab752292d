/** A demo account, as the demo homeserver hands it out. */
interface DemoAccount {
  readonly userId: string;
  readonly username: string;
  readonly password: string;
  readonly recoveryKey: string | null;
  readonly recoveryKeyFile: string | null;
  readonly note: string;
}

/**
 * What `npm start` prints once everything runs: where to go and how to sign in. The passwords and
 * recovery keys are those of made-up accounts on a homeserver that only this machine reaches.
 */
export function formatWelcome(info: {
  readonly dashboard: string;
  readonly homeserver: string;
  readonly accounts: readonly DemoAccount[];
}): string {
  const accounts = info.accounts.flatMap((account) => [
    "",
    `  ${account.username}: ${account.note}`,
    ...rows([
      ["user id", account.userId],
      ["password", account.password],
      ["recovery key", account.recoveryKey],
      ["key as a file", account.recoveryKeyFile],
    ]).map((line) => `    ${line}`),
  ]);
  return [
    "",
    ...rows([
      ["Dashboard", info.dashboard],
      ["Homeserver", info.homeserver],
    ]),
    ...accounts,
    "",
    "Press ctrl-C to end.",
    "",
  ].join("\n");
}

function rows(pairs: readonly (readonly [string, string | null])[]): string[] {
  const shown = pairs.filter(([, value]) => value !== null);
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
