import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findFreePort, startSynapse } from "../../scripts/lib/synapseProcess.ts";
import { expect, test } from "../fixtures/index.ts";
import type { Damage } from "../support/forgeRoomKey.ts";
import { seedBackup } from "../support/seedBackup.ts";
import { waitUntil } from "../support/waitUntil.ts";

// What the other specs lean on, held against the SDK's own restore.

const rooms = Array.from({ length: 12 }, (_, index) => `!forged${index}:localhost`);

test("forged backup entries are what the SDK restores, key by key", async ({ otherDevice }) => {
  const owner = await otherDevice();
  const { recoveryKey, version, backupPublicKey } = await owner.setUpBackup();
  const seeded = await seedBackup({
    api: owner.api,
    version,
    backupPublicKey,
    rooms,
    count: 2_100,
  });
  expect(seeded.whole).toHaveLength(2_100);
  expect(seeded.count, "what the server says").toBe(2_100);

  const reader = await otherDevice();
  await reader.unlock(recoveryKey);
  expect(await reader.restore()).toEqual({ total: 2_100, imported: 2_100 });
  const stored = (await reader.exportRoomKeys()).map((key) => `${key.room_id} ${key.session_id}`);
  const made = seeded.whole.map((key) => `${key.roomId} ${key.sessionId}`);
  expect(stored.toSorted()).toEqual(made.toSorted());
});

test("of damaged entries none gets into a store, but for one with a wrong label", async ({
  otherDevice,
}) => {
  const owner = await otherDevice();
  const { recoveryKey, version, backupPublicKey } = await owner.setUpBackup();
  const damaged: Record<Exclude<Damage, "bad_room_id">, number> = {
    undecryptable: 1,
    cut_ciphertext: 1,
    not_json: 1,
    missing_session_key: 1,
    missing_sender_claimed_keys: 1,
    bad_sender_claimed_keys: 1,
    bad_session_key: 1,
    wrong_algorithm: 1,
    wrong_session_id: 1,
    null_session_data: 1,
    text_session_data: 1,
    empty_session_data: 1,
  };
  const seeded = await seedBackup({
    api: owner.api,
    version,
    backupPublicKey,
    rooms,
    count: 30,
    damaged,
  });
  expect(seeded.count).toBe(30 + Object.keys(damaged).length);

  const reader = await otherDevice();
  await reader.unlock(recoveryKey);
  await reader.restore();
  const stored = (await reader.exportRoomKeys()).map((key) => key.session_id);
  const relabelled = seeded.damaged.filter((key) => key.damage === "wrong_session_id");
  const expected = [...seeded.whole, ...relabelled].map((key) => key.trueSessionId);
  expect(stored.toSorted()).toEqual(expected.toSorted());

  // The SDK loses a whole chunk to a room id like this one, so it comes after the comparison.
  const misfiled = await seedBackup({
    api: owner.api,
    version,
    backupPublicKey,
    rooms,
    count: 0,
    damaged: { bad_room_id: 1 },
  });
  expect(Object.keys(await owner.api.roomKeys(version))).toContain(misfiled.damaged[0]?.roomId);
});

test("an unlocked device is verified, uploads, and sees a replaced and a deleted backup", async ({
  otherDevice,
}) => {
  const owner = await otherDevice();
  const { recoveryKey, version } = await owner.setUpBackup();
  const second = await otherDevice();
  expect(await second.status()).toMatchObject({
    verified: false,
    activeVersion: null,
    holdsDecryptionKey: false,
    trust: { trusted: false, matchesDecryptionKey: false },
  });
  await second.unlock(recoveryKey);
  expect(await second.status()).toMatchObject({
    crossSigningReady: true,
    secretStorageReady: true,
    verified: true,
    activeVersion: version,
    holdsDecryptionKey: true,
    trust: { trusted: true, matchesDecryptionKey: true },
  });

  const replaced = await second.resetBackup();
  expect(replaced).not.toBe(version);
  expect(await second.deleteBackup()).toBe(replaced);
  expect(await second.api.backupVersion(replaced)).toBeNull();
  expect(await second.status()).toMatchObject({ activeVersion: null });
});

test("a taken port and a folder in use are refused in a sentence", async ({ synapse }) => {
  const python = process.env["SYNAPSE_PYTHON"] ?? "";
  await expect(
    startSynapse({ python, folder: `${synapse.folder}-other`, port: synapse.port }),
  ).rejects.toThrow(`Port ${synapse.port} is already in use by another program.`);
  await expect(
    startSynapse({ python, folder: synapse.folder, port: await findFreePort() }),
  ).rejects.toThrow("another homeserver is already running in this folder");
});

test("a homeserver ends with the process that started it", async () => {
  const port = await findFreePort();
  const module = join(import.meta.dirname, "../../scripts/lib/synapseProcess.ts");
  const options = {
    python: process.env["SYNAPSE_PYTHON"],
    folder: test.info().outputPath("homeserver"),
    port,
  };
  const program = `
    import { startSynapse } from ${JSON.stringify(module)};
    await startSynapse(${JSON.stringify(options)});
    console.log("up");
  `;
  const parent = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: parent.stdout }), "line");
  expect(line).toBe("up");
  const answers = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/_matrix/client/versions`).then(
      (response) => response.ok,
      () => false,
    );
  expect(await answers()).toBe(true);

  parent.kill("SIGKILL");
  await waitUntil(async () => !(await answers()), { what: "the homeserver to end" });
});
