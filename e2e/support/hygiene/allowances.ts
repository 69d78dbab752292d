import type { Allowance } from "./findSecrets.ts";

const RECOVERY_KEY = /recovery key|secret storage key/;

/** Where each secret must be for what the person does; anywhere else it is a leak. */
export const allowances: readonly Allowance[] = [
  { secret: /password/, channel: "field", place: /^password \(password\)$/ },
  {
    secret: /password/,
    channel: "network",
    place: /^POST \/_matrix\/client\/v3\/login request body$/,
  },
  {
    // User-interactive authentication.
    secret: /^password$/,
    channel: "network",
    place: /^POST \/_matrix\/client\/v3\/keys\/device_signing\/upload request body$/,
  },
  // Masked, or shown because the person pressed "Show".
  { secret: RECOVERY_KEY, channel: "field", place: /^matrix-recovery-key \(password\)$/ },
  {
    secret: RECOVERY_KEY,
    channel: "field",
    place: /^matrix-recovery-key \(text\)$/,
    moment: /made visible/,
  },
  {
    secret: RECOVERY_KEY,
    channel: "DOM",
    place: /^the key on show$/,
    moment: /is shown/,
  },
  {
    secret: RECOVERY_KEY,
    channel: "download",
    place: /^file key-backup-recovery-key-.*\.txt$/,
  },
  {
    secret: /access token/,
    channel: "network",
    place: /^[A-Z]+ \/_matrix\/.* request header authorization$/,
  },
  {
    secret: /access token/,
    channel: "network",
    place: /^POST \/_matrix\/client\/v3\/login answer$/,
  },
];

const ANSWER = /login token|authorization code/;

/** The same for a sign-in on another page, whose answer comes in the address. */
export const allowancesElsewhere: readonly Allowance[] = [
  { secret: ANSWER, channel: "network", place: / answer header location$/ },
  { secret: ANSWER, channel: "network", place: /^GET localhost:\d+\/ address$/ },
  // Until it is taken out of the address, which is the first thing that the page does.
  { secret: ANSWER, channel: "history", place: /^(navigation|address)$/, moment: /on the way/ },
  // The browser's own note of how the page was loaded; nobody can take it away.
  { secret: ANSWER, channel: "network", place: /^performance entry$/, moment: /on the way/ },
  {
    secret: /login token/,
    channel: "network",
    place: /^POST \/_matrix\/client\/v3\/login request body$/,
  },
  {
    secret: /authorization code|code verifier|refresh token/,
    channel: "network",
    place: /^POST localhost:\d+\/token request body$/,
  },
  {
    secret: /access token|refresh token/,
    channel: "network",
    place: /^POST localhost:\d+\/token\/revocation request body$/,
  },
];
