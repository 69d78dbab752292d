import type { AppError } from "./errors";
import type { Result } from "./result";

export interface RoomMessage {
  readonly eventId: string;
  readonly sender: string;
  /** Milliseconds since the epoch, by the server. */
  readonly sentAt: number;
  /** The decrypted text, or null when it cannot be read. */
  readonly text: string | null;
  /** The SDK's DecryptionFailureCode when `text` is null. */
  readonly failureCode: string | null;
}

export interface EncryptedRoom {
  readonly roomId: string;
  readonly name: string;
  readonly lastActivity: number;
  /** Newest last. */
  readonly messages: readonly RoomMessage[];
}

/** A room by what a person calls it. */
export interface RoomName {
  readonly roomId: string;
  readonly name: string;
}

export interface RoomsPort {
  /** Joined encrypted rooms, last used first, without their messages: cheap, and asks no server. */
  listLastUsed(): Promise<Result<readonly RoomName[], AppError>>;
  /** Joined encrypted rooms, last used first, each with its newest messages decrypted. */
  list(): Promise<Result<readonly EncryptedRoom[], AppError>>;
  /** Room keys in this device's store, by room id. Reads the whole store: call it on demand. */
  countKeysByRoom(): Promise<Result<ReadonlyMap<string, number>, AppError>>;
}
