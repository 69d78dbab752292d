import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Values that must stay the same over restarts of one homeserver folder. */
interface SynapseSecrets {
  readonly registration: string;
  readonly macaroon: string;
  readonly form: string;
}

/** What `writeSynapseConfig` needs to know. */
export interface SynapseConfigInput {
  readonly folder: string;
  readonly port: number;
  readonly serverName: string;
  readonly bindAddresses: readonly string[];
  /** Top-level homeserver.yaml keys that win over the ones written here. */
  readonly extraConfig: Readonly<Record<string, unknown>>;
}

/** No limit that a test or a demo could reach. */
const unlimited = { per_second: 100_000, burst_count: 100_000 };

const rateLimits = {
  rc_message: unlimited,
  rc_registration: unlimited,
  rc_login: { address: unlimited, account: unlimited, failed_attempts: unlimited },
  rc_joins: { local: unlimited, remote: unlimited },
  rc_joins_per_room: unlimited,
  rc_invites: { per_room: unlimited, per_user: unlimited, per_issuer: unlimited },
  rc_key_requests: unlimited,
  rc_room_creation: unlimited,
  rc_profile: unlimited,
  rc_presence: { per_user: unlimited },
  rc_delayed_event_mgmt: unlimited,
};

/**
 * Writes homeserver.yaml, the log config and, the first time, the signing key and the secrets.
 * JSON is valid YAML, so the files are written as JSON. Returns the config's path and the shared
 * secret of the registration endpoint.
 */
export function writeSynapseConfig(input: SynapseConfigInput): {
  readonly configPath: string;
  readonly registrationSecret: string;
} {
  const { folder, port } = input;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secrets = readOrMakeSecrets(join(folder, "secrets.json"));
  const signingKeyPath = join(folder, "signing.key");
  if (!existsSync(signingKeyPath)) {
    const seed = randomBytes(32).toString("base64").replace(/=+$/u, "");
    writeFileSync(signingKeyPath, `ed25519 a_key ${seed}\n`, { mode: 0o600 });
  }
  const logConfigPath = join(folder, "log.yaml");
  writeFileSync(logConfigPath, JSON.stringify(logConfig, null, 2));

  const config = {
    server_name: input.serverName,
    public_baseurl: `http://localhost:${port}/`,
    listeners: [
      {
        bind_addresses: input.bindAddresses,
        port,
        type: "http",
        tls: false,
        x_forwarded: false,
        resources: [{ names: ["client"], compress: false }],
      },
    ],
    database: { name: "sqlite3", args: { database: join(folder, "homeserver.db") } },
    media_store_path: join(folder, "media"),
    signing_key_path: signingKeyPath,
    pid_file: join(folder, "homeserver.pid"),
    log_config: logConfigPath,
    report_stats: false,
    // This server talks to nobody but its local clients.
    trusted_key_servers: [],
    suppress_key_server_warning: true,
    federation_domain_whitelist: [],
    url_preview_enabled: false,
    push: { enabled: false },
    presence: { enabled: false },
    user_directory: { enabled: false },
    enable_registration: false,
    registration_shared_secret: secrets.registration,
    macaroon_secret_key: secrets.macaroon,
    form_secret: secrets.form,
    // The cheapest hash: every password here is made up and printed on purpose.
    bcrypt_rounds: 4,
    max_upload_size: "50M",
    ...rateLimits,
    ...input.extraConfig,
  };
  const configPath = join(folder, "homeserver.yaml");
  writeFileSync(configPath, JSON.stringify(config, null, 2), { mode: 0o600 });
  return { configPath, registrationSecret: secrets.registration };
}

const logConfig = {
  version: 1,
  formatters: { line: { format: "%(levelname)s %(name)s: %(message)s" } },
  handlers: { console: { class: "logging.StreamHandler", formatter: "line" } },
  root: { level: "WARNING", handlers: ["console"] },
  disable_existing_loggers: false,
};

function readOrMakeSecrets(path: string): SynapseSecrets {
  if (existsSync(path)) {
    return JSON.parse(readFileSync(path, "utf8")) as SynapseSecrets;
  }
  const made: SynapseSecrets = {
    registration: randomBytes(32).toString("hex"),
    macaroon: randomBytes(32).toString("hex"),
    form: randomBytes(32).toString("hex"),
  };
  writeFileSync(path, JSON.stringify(made), { mode: 0o600 });
  return made;
}
