import { writeFileSync } from "node:fs";
import { OtherDevice } from "../../e2e/support/OtherDevice.ts";
import type { BackupSetUp } from "../../e2e/support/otherDeviceTypes.ts";
import { seedBackup } from "../../e2e/support/seedBackup.ts";
import { waitUntil } from "../../e2e/support/waitUntil.ts";
import type { SynapseProcess } from "../lib/synapseProcess.ts";
import type { DemoAccount } from "./demoAccount.ts";
import { demoRooms, type DemoPerson, type DemoRoom } from "./demoRooms.ts";
import { inParallel } from "./inParallel.ts";
import { formatRecoveryKeyFile } from "./recoveryKeyFile.ts";

/** Room keys in alice's backup: one for each real message, and forged ones for older history. */
const aliceKeyCount = 2_400;

const people: readonly DemoPerson[] = ["alice", "bob", "carol"];

type Devices = Readonly<Record<DemoPerson, OtherDevice>>;

/** A room that exists on the server. */
interface MadeRoom extends DemoRoom {
  readonly roomId: string;
}

/** What the seeding needs, and where carol's key goes. */
export interface SeedDemoOptions {
  readonly synapse: SynapseProcess;
  readonly carolKeyFile: string;
  readonly onProgress: (line: string) => void;
}

/** The password of a demo account; it is printed for everybody to see. */
function demoPassword(person: DemoPerson): string {
  return `${person}-demo-password`;
}

/**
 * Fills an empty homeserver: three people whose real clients encrypt a message history, two of them
 * with a backup. Every number is read back from the server before it is claimed.
 */
export async function seedDemo(options: SeedDemoOptions): Promise<DemoAccount[]> {
  const { synapse, carolKeyFile, onProgress } = options;
  onProgress("Making the accounts alice, bob and carol");
  const devices = await signInEverybody(synapse);
  try {
    onProgress(`Making ${demoRooms.length} encrypted rooms`);
    const rooms = await inParallel(demoRooms, 4, (room) => makeRoom(room, devices));
    for (const room of rooms) await waitUntilAllAreIn(room, devices);
    await holdConversations(rooms, devices, onProgress);

    onProgress("Setting up key backup for alice and carol");
    const [alice, carol] = await Promise.all([
      backUp(devices.alice, keysOf("alice")),
      backUp(devices.carol, keysOf("carol")),
    ]);
    const older = Math.max(0, aliceKeyCount - alice.keyCount);
    onProgress(`Adding ${older} older room keys to alice's backup`);
    await seedBackup({
      api: devices.alice.api,
      version: alice.version,
      backupPublicKey: alice.backupPublicKey,
      rooms: roomsByWeight(rooms.filter((room) => room.members.includes("alice"))),
      count: older,
    });
    const { count: aliceKeys } = await devices.alice.waitForBackupCount(aliceKeyCount);
    if ((await devices.bob.api.backupVersion()) !== null) throw new Error("bob has a backup");

    onProgress("Signing the demo devices out");
    writeFileSync(
      carolKeyFile,
      formatRecoveryKeyFile({
        userId: devices.carol.userId,
        homeserver: synapse.url,
        made: new Date(),
        recoveryKey: carol.recoveryKey,
      }),
      { mode: 0o600 },
    );
    await Promise.all(people.map((person) => devices[person].signOut()));
    return [
      account("alice", devices, {
        recoveryKey: alice.recoveryKey,
        note: `backup of ${aliceKeys} room keys in ${roomCount("alice")} rooms, to restore with the recovery key`,
      }),
      account("bob", devices, {
        note: `${roomCount("bob")} encrypted rooms and no backup, to set one up`,
      }),
      account("carol", devices, {
        recoveryKey: carol.recoveryKey,
        recoveryKeyFile: carolKeyFile,
        note: `backup of ${carol.keyCount} room keys, with the recovery key as a file too`,
      }),
    ];
  } finally {
    for (const person of people) devices[person].stop();
  }
}

async function signInEverybody(synapse: SynapseProcess): Promise<Devices> {
  const signIn = async (person: DemoPerson): Promise<OtherDevice> => {
    const displayName = person.charAt(0).toUpperCase() + person.slice(1);
    await synapse.adminRegister(person, demoPassword(person), displayName);
    return OtherDevice.signIn({
      homeserverUrl: synapse.url,
      username: person,
      password: demoPassword(person),
      deviceName: `${displayName}'s old phone`,
      syncPauseMs: 750,
    });
  };
  const [alice, bob, carol] = await Promise.all([signIn("alice"), signIn("bob"), signIn("carol")]);
  return { alice, bob, carol };
}

async function makeRoom(room: DemoRoom, devices: Devices): Promise<MadeRoom> {
  const guests = room.members.filter((person) => person !== room.owner);
  const roomId = await devices[room.owner].api.createRoom({
    name: room.name,
    invite: guests.map((person) => devices[person].userId),
  });
  for (const person of guests) await devices[person].api.join(roomId);
  return { ...room, roomId };
}

/** Resolves once every device in the room knows all the others there, and so encrypts for them. */
async function waitUntilAllAreIn(room: MadeRoom, devices: Devices): Promise<void> {
  for (const person of room.members) {
    await devices[person].waitForRoom(room.roomId);
    for (const other of room.members) {
      await devices[person].waitForMember(room.roomId, devices[other].userId);
    }
  }
}

/** Sends every message in its order, each with a room key of its own. */
async function holdConversations(
  rooms: readonly MadeRoom[],
  devices: Devices,
  onProgress: (line: string) => void,
): Promise<void> {
  const total = rooms.reduce((sum, room) => sum + room.messages.length, 0);
  let sent = 0;
  onProgress(`Encrypting and sending ${total} messages`);
  await inParallel(rooms, 6, async (room) => {
    for (const { from, text } of room.messages) {
      await devices[from].sendWithOwnKeys(room.roomId, [text]);
      sent += 1;
      if (sent % 100 === 0) onProgress(`  ${sent} of ${total} messages`);
    }
  });
}

/**
 * Waits until this person has received the key of every message, sets up the backup, and waits
 * until it holds them. `keyCount` is what the server says.
 */
async function backUp(
  device: OtherDevice,
  expected: number,
): Promise<BackupSetUp & { readonly keyCount: number }> {
  await waitUntil(async () => (await device.exportRoomKeys()).length >= expected, {
    what: `${device.userId} to receive ${expected} room keys`,
    timeoutMs: 180_000,
    intervalMs: 250,
  });
  const made = await device.setUpBackup();
  const { count } = await device.waitForBackupCount(expected, 180_000);
  return { ...made, keyCount: count };
}

function roomsOf(person: DemoPerson): DemoRoom[] {
  return demoRooms.filter((room) => room.members.includes(person));
}

function roomCount(person: DemoPerson): number {
  return roomsOf(person).length;
}

/** Every message has its own room key, and every member of the room gets it. */
function keysOf(person: DemoPerson): number {
  return roomsOf(person).reduce((sum, room) => sum + room.messages.length, 0);
}

/** Each room as often as its weight, mixed, so that forged keys spread by weight. */
function roomsByWeight(rooms: readonly MadeRoom[]): string[] {
  const heaviest = Math.max(...rooms.map((room) => room.weight));
  const rounds = Array.from({ length: heaviest }, (_, round) =>
    rooms.filter((room) => room.weight > round).map((room) => room.roomId),
  );
  return rounds.flat();
}

function account(
  person: DemoPerson,
  devices: Devices,
  extra: Pick<DemoAccount, "note"> & Partial<DemoAccount>,
): DemoAccount {
  return {
    userId: devices[person].userId,
    username: person,
    password: demoPassword(person),
    recoveryKey: null,
    recoveryKeyFile: null,
    ...extra,
  };
}
