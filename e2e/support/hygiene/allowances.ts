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
