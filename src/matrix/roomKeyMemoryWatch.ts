import type { OlmMachine } from "@matrix-org/matrix-sdk-crypto-wasm";
import { Fingerprinter, FingerprintSet, fingerprintSeed } from "@/lib/fingerprints";
import { idOf, listRoomKeys } from "./roomKeyIds";
import type { RoomKeyStoreWatch } from "./roomKeyStoreWatch";

/**
 * The same for a crypto store in memory, where there is no table to look at and no read to spare:
 * it knows which keys there were when it began and which have been imported since. A key that comes
 * by sync meanwhile and is then replaced by a better copy counts as new.
 */
export async function watchRoomKeyMemory(
  machine: OlmMachine,
  expected: number,
): Promise<RoomKeyStoreWatch> {
  const print = new Fingerprinter(fingerprintSeed());
  const present = new FingerprintSet(expected);
  const printOf = (id: string) => print.begin().text(id).end();
  const add = (id: string): void => {
    printOf(id);
    present.add(print.high, print.low);
  };
  for (const id of await listRoomKeys(machine)) add(id);
  return {
    answersFromMemory: true,
    takeRead(roomId, sessionId) {
      printOf(idOf(roomId, sessionId));
      return present.has(print.high, print.low);
    },
    noteStored: (roomId, sessionId) => add(idOf(roomId, sessionId)),
    surprises: 0,
    writeProblem: null,
    stop: () => undefined,
  };
}
