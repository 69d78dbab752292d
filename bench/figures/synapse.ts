import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MatrixApi } from "../../e2e/support/MatrixApi.ts";
import { seedBackup } from "../../e2e/support/seedBackup.ts";
import { findFreePort, startSynapse } from "../../scripts/lib/synapseProcess.ts";
import { generateBackupKeys } from "../data/backupKeys.ts";
import { KEYS_PER_ROOM } from "../data/ensureBackup.ts";
import { storageKey, type Backend } from "../lib/backend.ts";
import type { Bench } from "../lib/Bench.ts";
import { measureRun } from "../lib/measureRun.ts";
import { usualPlan, type RunRecord } from "../lib/plan.ts";
import type { Row } from "../lib/rows.ts";
import { compare, keys, keysPerSecond, single } from "./figure.ts";

const USER = "bench";
const PASSWORD = "bench-password";

/** One run of each side against a real Synapse, with real devices. */
export async function measureSynapse(bench: Bench, python: string): Promise<readonly Row[]> {
  const { small } = bench.options.sizes;
  bench.say(`  seeding Synapse with ${keys(small)}`);
  const backend = await startSynapseBackend(python, small);
  try {
    const run = (side: "ours" | "sdk"): Promise<RunRecord> =>
      bench.withBrowser((browser) =>
        measureRun(browser, backend, usualPlan(side, small), { again: side === "ours" }),
      );
    const ours = await run("ours");
    const sdk = await run("sdk");
    return [
      compare(
        `rate from Synapse, ${keys(small)}`,
        "keys/s",
        { ours: [ours], sdk: [sdk] },
        keysPerSecond,
      ),
      single(`second restore from Synapse, ${keys(small)}`, "s", [ours], ({ again }) =>
        again === null ? null : again.ms / 1_000,
      ),
    ];
  } finally {
    await backend.close();
  }
}

async function startSynapseBackend(python: string, count: number): Promise<Backend> {
  const folder = await mkdtemp(join(tmpdir(), "key-backup-bench-synapse-"));
  const synapse = await startSynapse({ python, folder, port: await findFreePort() });
  const close = async (): Promise<void> => {
    await synapse.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await synapse.adminRegister(USER, PASSWORD);
    const api = await MatrixApi.signIn(synapse.url, USER, PASSWORD, "Seeder");
    const { publicKey, privateKey } = generateBackupKeys();
    const version = await api.createBackupVersion({
      algorithm: "m.megolm_backup.v1.curve25519-aes-sha2",
      auth_data: { public_key: publicKey, signatures: {} },
    });
    const rooms = Array.from(
      { length: Math.ceil(count / KEYS_PER_ROOM) },
      (_, index) => `!bench${index}:localhost`,
    );
    const seeded = await seedBackup({ api, version, backupPublicKey: publicKey, rooms, count });
    if (seeded.count !== count) throw new Error(`Synapse counts ${seeded.count} of ${count} keys`);
    return {
      count,
      lastUsedRoom: null,
      async newSession({ encryptedStore }) {
        const { session } = await MatrixApi.signIn(synapse.url, USER, PASSWORD, "Bench");
        if (session === null) throw new Error("signing in gave no session");
        return {
          ...session,
          homeserverUrl: synapse.url,
          storageKey: storageKey(encryptedStore),
          version,
          backupKey: privateKey,
        };
      },
      setLink: () => undefined,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
