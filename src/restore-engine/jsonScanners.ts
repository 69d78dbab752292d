import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  isScalarByte,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from "./jsonBytes";

/** Finds the end of one JSON string whose bytes come in chunks, then of the next. */
export class StringScanner {
  /** The chunk before ended in a backslash that escapes the next byte. */
  #escaped = false;

  /** Index of the quote that ends the string around `from`, or -1 when the chunk ends before. */
  find(chunk: Uint8Array, from: number): number {
    let at = this.#escaped ? from + 1 : from;
    this.#escaped = false;
    for (;;) {
      const quote = chunk.indexOf(QUOTE, at);
      const end = quote === -1 ? chunk.length : quote;
      let slashes = 0;
      while (end - slashes > at && chunk[end - slashes - 1] === BACKSLASH) {
        slashes++;
      }
      const isEscaped = slashes % 2 === 1;
      if (quote === -1) {
        this.#escaped = isEscaped;
        return -1;
      }
      if (!isEscaped) {
        return quote;
      }
      at = quote + 1;
    }
  }
}

/**
 * Finds the end of one JSON value whose bytes come in chunks, then of the next. Counts brackets
 * instead of keeping them, so nesting costs nothing; whether the value is sound JSON is for its
 * parser to say.
 */
export class ValueScanner {
  readonly #stringEnd = new StringScanner();
  #isScalar = false;
  #depth = 0;
  #inString = false;
  #isComplete = true;

  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Prepares for the value that starts with this byte. False when no value does. */
  begin(firstByte: number): boolean {
    this.#isScalar = isScalarByte(firstByte);
    this.#depth = 0;
    this.#inString = false;
    this.#isComplete = false;
    return (
      this.#isScalar ||
      firstByte === QUOTE ||
      firstByte === OPEN_BRACE ||
      firstByte === OPEN_BRACKET
    );
  }

  /** Reads on. Returns the index after the part of the value that is in this chunk. */
  read(chunk: Uint8Array, from: number): number {
    return this.#isScalar ? this.#readScalar(chunk, from) : this.#readNested(chunk, from);
  }

  #readScalar(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && isScalarByte(chunk[at] ?? 0)) {
      at++;
    }
    this.#isComplete = at < chunk.length;
    return at;
  }

  #readNested(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length) {
      let closes = false;
      if (this.#inString) {
        const quote = this.#stringEnd.find(chunk, at);
        if (quote === -1) {
          return chunk.length;
        }
        at = quote;
        this.#inString = false;
        closes = true;
      } else {
        const byte = chunk[at];
        if (byte === QUOTE) {
          this.#inString = true;
        } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
          this.#depth++;
        } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
          this.#depth--;
          closes = true;
        }
      }
      at++;
      if (closes && this.#depth === 0) {
        this.#isComplete = true;
        return at;
      }
    }
    return at;
  }
}
