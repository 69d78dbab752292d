/** What the measuring script calls in the page. Only plain data goes through here. */

export type Side = "ours" | "sdk";
export type DecryptWith = "auto" | "webcrypto" | "wasm";

/** Opens the same device anew when called with the same values in the same browser profile. */
export interface SessionWish {
  readonly homeserverUrl: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly accessToken: string;
  /** 32 bytes in base64; null leaves the crypto store unencrypted. */
  readonly storageKey: string | null;
  readonly version: string;
  /** The backup's decryption key in base64. */
  readonly backupKey: string;
}

export interface RestoreWish {
  readonly side: Side;
  /** Keys on the server. */
  readonly expected: number;
  /** The room used last, and how many keys it has. */
  readonly firstRoom: { readonly roomId: string; readonly keys: number } | null;
  /** Null for what the engine chooses itself. */
  readonly workers: number | null;
  readonly decryptWith: DecryptWith;
}

/** Tasks of the main thread of 50 ms and more. */
export interface LongTasks {
  readonly count: number;
  readonly longestMs: number;
  readonly totalMs: number;
  /** The sum of what each took beyond 50 ms. */
  readonly blockedMs: number;
}

export interface RestoreRun {
  readonly ms: number;
  /** By the side's own account. */
  readonly imported: number;
  readonly already: number;
  readonly failed: number;
  /** Entries known from an earlier run without decrypting them. */
  readonly recalled: number;
  /** Entries handed to decrypt workers and keys handed to the sink, as counted from outside; ours only. */
  readonly decrypted: number | null;
  readonly handedIn: number | null;
  /** Until every key of the first room was stored; ours only. */
  readonly firstRoomMs: number | null;
  readonly longTasks: LongTasks;
}

/** Microseconds per key on one thread. */
export interface StepTimes {
  readonly keys: number;
  readonly split: number;
  /** `JSON.parse` of the whole body, as the SDK does it. */
  readonly parseWhole: number;
  readonly decryptWasm: number;
  readonly decryptWebCrypto: number;
  readonly importIndexedDb: number;
  readonly importMemory: number;
  /** Bare puts of rows of a stored key's size, in an object store with the SDK's three indexes. */
  readonly put: number;
}

export interface BenchApi {
  open(wish: SessionWish): Promise<void>;
  restore(wish: RestoreWish): Promise<RestoreRun>;
  /** Keys settled by the run under way. */
  progress(): number;
  /** Room keys in the crypto store. */
  countStored(): Promise<number>;
  /** The bare download of the backup, read and thrown away. */
  download(): Promise<{ readonly ms: number; readonly bytes: number }>;
  measureSteps(keys: number): Promise<StepTimes>;
  /** `performance.measureUserAgentSpecificMemory()`: bytes, or null where there is none. */
  measureMemory(): Promise<number | null>;
}

declare global {
  interface Window {
    bench: BenchApi;
  }
}
