import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type { BatchBuilder, ReadId } from "./BatchBuilder";
import { BACKSLASH, CLOSE_BRACE, COLON, COMMA, LETTER_N, OPEN_BRACE, QUOTE } from "./jsonBytes";
import { StringScanner, ValueScanner } from "./jsonScanners";
import type { BackupBatch } from "./protocol";

/** Bytes of an id's JSON text that are kept; ids are at most 255 bytes, escapes make them longer. */
const MAX_KEY_BYTES = 2048;

/** How deep in the answer's objects: `{` root `"rooms":{` rooms `"!id":{` room `"sessions":{`. */
const LEVEL = { start: 0, root: 1, rooms: 2, room: 3, sessions: 4 } as const;

type State =
  | "value"
  | "key-or-end"
  | "key"
  | "in-key"
  | "colon"
  | "in-value"
  | "comma-or-end"
  | "done"
  | "broken";

/**
 * Cuts the body of `GET /room_keys/keys`, or of one room's `GET /room_keys/keys/{roomId}`, into
 * entries while its bytes arrive, wherever they are cut. Reads the JSON's frame only: values of entries are handed on as bytes and parsed elsewhere.
 * Nesting costs no memory; names such as `__proto__` are plain text here.
 */
export class BackupSplitter {
  readonly #builder: BatchBuilder;
  #state: State = "value";
  /** Where the answer's outermost object stands in the frame. */
  readonly #top: number;
  #level: number;
  #name = "";
  /** Whether the part that every answer has was there: its rooms, or a room's sessions. */
  #partSeen = false;
  #problem: AppError | null = null;
  /** Whether the value being read is an entry. */
  #capturing = false;
  readonly #value = new ValueScanner();
  readonly #keyEnd = new StringScanner();
  readonly #key = new Uint8Array(MAX_KEY_BYTES);
  #keyLength = 0;
  #keyIsCut = false;

  /** With `roomId` the answer is that room's: `{"sessions":{…}}`. */
  constructor(builder: BatchBuilder, roomId?: string) {
    this.#builder = builder;
    this.#top = roomId === undefined ? LEVEL.start : LEVEL.rooms;
    this.#level = this.#top;
    if (roomId !== undefined) {
      builder.openRoom({ text: roomId, cut: false });
    }
  }

  /** Why the answer cannot be read on, or null. */
  get problem(): AppError | null {
    return this.#problem;
  }

  /** Reads the next bytes and gives a batch whenever one is full. Goes on when asked for the next. */
  *push(chunk: Uint8Array): Generator<BackupBatch, void> {
    let at = 0;
    while (at < chunk.length && this.#state !== "broken") {
      if (this.#state === "in-key") {
        at = this.#readKey(chunk, at);
      } else if (this.#state === "in-value") {
        at = this.#readValue(chunk, at);
        if (this.#builder.isFull) {
          const batch = this.#builder.take();
          if (batch !== null) {
            yield batch;
          }
        }
      } else if (this.#readFrame(chunk[at] ?? 0)) {
        at++;
      }
    }
  }

  /** Says whether the whole answer was there. Ended early is `network`: it is worth another try. */
  end(): Result<void, AppError> {
    if (this.#problem !== null) {
      return fail(this.#problem);
    }
    if (this.#state !== "done") {
      return fail({ kind: "network", detail: "the download ended early" });
    }
    return this.#partSeen ? ok(undefined) : fail(notMatrix("the answer has no keys"));
  }

  /** One byte between values. False when the byte is the first of a value and still to be read. */
  #readFrame(byte: number): boolean {
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      return true;
    }
    if (this.#state === "value") {
      return this.#openValue(byte);
    }
    if (this.#state === "colon" && byte === COLON) {
      this.#state = "value";
    } else if (byte === QUOTE && (this.#state === "key" || this.#state === "key-or-end")) {
      this.#state = "in-key";
      this.#keyLength = 0;
      this.#keyIsCut = false;
    } else if (byte === COMMA && this.#state === "comma-or-end") {
      this.#state = "key";
    } else if (
      byte === CLOSE_BRACE &&
      (this.#state === "comma-or-end" || this.#state === "key-or-end")
    ) {
      this.#level--;
      this.#state = this.#level === this.#top ? "done" : "comma-or-end";
    } else {
      this.#break("broken JSON");
    }
    return true;
  }

  /** Enters an object of the frame, or begins a value that is captured or passed over. */
  #openValue(byte: number): boolean {
    const isFrame =
      this.#level === this.#top ||
      this.#level === LEVEL.rooms ||
      (this.#level === LEVEL.root && this.#name === "rooms") ||
      (this.#level === LEVEL.room && this.#name === "sessions");
    if (isFrame && byte === OPEN_BRACE) {
      this.#level++;
      this.#partSeen ||= this.#level === this.#top + 2;
      this.#state = "key-or-end";
      return true;
    }
    if (this.#level === this.#top) {
      this.#break("the answer is not a JSON object");
      return true;
    }
    if (this.#level === LEVEL.root && isFrame) {
      // Some servers write an empty map as null. Anything else is not the spec's answer.
      if (byte !== LETTER_N) {
        this.#break("rooms is not an object");
        return true;
      }
      this.#partSeen = true;
    }
    this.#capturing = this.#level === LEVEL.sessions;
    if (this.#value.begin(byte)) {
      this.#state = "in-value";
    } else {
      this.#break("broken JSON");
    }
    return false;
  }

  /** Reads on in a value, and captures it when it is an entry's. */
  #readValue(chunk: Uint8Array, from: number): number {
    const at = this.#value.read(chunk, from);
    if (this.#capturing) {
      this.#builder.append(chunk.subarray(from, at));
    }
    if (this.#value.isComplete) {
      this.#state = "comma-or-end";
      if (this.#capturing) {
        this.#builder.closeEntry();
      }
    }
    return at;
  }

  #readKey(chunk: Uint8Array, from: number): number {
    const quote = this.#keyEnd.find(chunk, from);
    const end = quote === -1 ? chunk.length : quote;
    const kept = Math.min(end - from, MAX_KEY_BYTES - this.#keyLength);
    this.#key.set(chunk.subarray(from, from + kept), this.#keyLength);
    this.#keyLength += kept;
    this.#keyIsCut ||= kept < end - from;
    if (quote === -1) {
      return end;
    }
    this.#state = "colon";
    this.#closeKey();
    return quote + 1;
  }

  #closeKey(): void {
    const id = this.#decodeKey();
    if (id === null) {
      this.#break("broken JSON");
      return;
    }
    this.#name = id.text;
    if (this.#level === LEVEL.rooms) {
      this.#builder.openRoom(id);
    } else if (this.#level === LEVEL.sessions) {
      this.#builder.openEntry(id);
    }
  }

  #decodeKey(): ReadId | null {
    const bytes = this.#key.subarray(0, this.#keyLength);
    const text = decoder.decode(bytes);
    if (this.#keyIsCut || !bytes.includes(BACKSLASH)) {
      return { text, cut: this.#keyIsCut };
    }
    try {
      const unescaped: unknown = JSON.parse(`"${text}"`);
      return typeof unescaped === "string" ? { text: unescaped, cut: false } : null;
    } catch {
      return null;
    }
  }

  #break(detail: string): void {
    this.#state = "broken";
    this.#problem = notMatrix(detail);
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function notMatrix(detail: string): AppError {
  return { kind: "not_matrix", detail };
}
