import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { findFreePort, startSynapse } from "./synapseProcess.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A homeserver where anybody may register. */
    readonly synapseUrl: string;
  }
}

/**
 * vitest's global set-up for the integration tests: one Synapse for all of them. Needs
 * SYNAPSE_PYTHON, the Python that has matrix-synapse, and fails without it.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const python = process.env.SYNAPSE_PYTHON;
  if (python === undefined || python === "") {
    throw new Error("SYNAPSE_PYTHON is not set; the integration tests need a real homeserver.");
  }
  const folder = await mkdtemp(join(tmpdir(), "key-backup-integration-"));
  const synapse = await startSynapse({
    python,
    folder,
    port: await findFreePort(),
    extraConfig: { enable_registration: true, enable_registration_without_verification: true },
  });
  project.provide("synapseUrl", `http://127.0.0.1:${synapse.port}`);
  return async () => {
    await synapse.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
