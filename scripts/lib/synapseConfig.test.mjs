import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeSynapseConfig } from "./synapseConfig.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "synapse-config-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @param {Record<string, unknown>} [extraConfig] */
function write(extraConfig = {}) {
  const { configPath, registrationSecret } = writeSynapseConfig({
    folder,
    port: 8123,
    serverName: "localhost",
    bindAddresses: ["127.0.0.1"],
    extraConfig,
  });
  return { registrationSecret, configPath, config: JSON.parse(readFileSync(configPath, "utf8")) };
}

describe("writeSynapseConfig", () => {
  it("listens on loopback for clients only and talks to nobody", () => {
    const { config } = write();
    expect(config.listeners).toEqual([
      expect.objectContaining({
        bind_addresses: ["127.0.0.1"],
        port: 8123,
        resources: [{ names: ["client"], compress: false }],
      }),
    ]);
    expect(config).toMatchObject({
      public_baseurl: "http://localhost:8123/",
      report_stats: false,
      trusted_key_servers: [],
      federation_domain_whitelist: [],
      enable_registration: false,
    });
  });

  it("keeps secrets and signing key over a second start, readable by the owner only", () => {
    const first = write();
    const key = readFileSync(join(folder, "signing.key"), "utf8");
    expect(key).toMatch(/^ed25519 a_key [A-Za-z0-9+/]{43}\n$/u);
    const second = write({ enable_registration: true });
    expect(second.registrationSecret).toBe(first.registrationSecret);
    expect(second.config.macaroon_secret_key).toBe(first.config.macaroon_secret_key);
    expect(second.config.enable_registration).toBe(true);
    expect(readFileSync(join(folder, "signing.key"), "utf8")).toBe(key);
    for (const file of ["secrets.json", "signing.key", "homeserver.yaml"]) {
      expect(statSync(join(folder, file)).mode & 0o077, file).toBe(0);
    }
  });
});
