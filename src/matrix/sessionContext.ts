import type { ChangeJournal } from "@/domain/changeJournal";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import type { SignedInUser } from "@/domain/session";
import type { TakeTurn } from "@/lib/turns";
import type { UploadWish } from "./uploadWish";
import type { MatrixClient } from "matrix-js-sdk";
import type { CryptoApi } from "matrix-js-sdk/lib/crypto-api";

export type HttpMethod = "GET" | "POST" | "PUT" | "DELETE";

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Aborting answers with the error "closed". */
  readonly signal?: AbortSignal;
  /** Milliseconds for the whole answer (`request`) or for its head (`requestStream`). 30,000. */
  readonly timeoutMs?: number;
}

/** Our own authenticated calls to `${baseUrl}/_matrix/client/v3${path}`; the token is only in a header. */
export interface SessionRequests {
  /**
   * The parsed JSON of a 2xx answer. Every other outcome is an error:
   * `server` with the exact status and errcode (so "no such thing" is status 404 and
   * `M_NOT_FOUND`, and nothing else), `rate_limited`, `signed_out`, `not_matrix` (a body that is
   * not a JSON object), `network`, `timeout`, `closed`.
   */
  request(
    method: HttpMethod,
    path: string,
    options?: RequestOptions,
  ): Promise<Result<unknown, AppError>>;
  /**
   * A 2xx answer with its body unread; errors as for `request`. The time limit covers the head
   * only, so the reader must watch the body itself. `signal` and closing the session cancel it.
   */
  requestStream(
    method: HttpMethod,
    path: string,
    options?: RequestOptions,
  ): Promise<Result<Response, AppError>>;
}

/** What the adapters of one live session share. */
export interface SessionContext extends SessionRequests {
  readonly client: MatrixClient;
  /** The crypto of the running client. Throws a SessionFailure "closed" once the session is closed. */
  readonly crypto: () => CryptoApi;
  readonly user: SignedInUser;
  /** Begins the names of this device's IndexedDB databases; see deviceStore. Null: all is in memory. */
  readonly cryptoStorePrefix: string | null;
  /** Whether the room keys of this device outlive the page. False: one that is only here is not safe. */
  readonly storesKeys: boolean;
  /** Aborted when the session is closed. */
  readonly closed: AbortSignal;
  /**
   * Whatever changes the account or this device's keys takes its turn here, at the method of the
   * port, so that no two such changes run beside each other.
   */
  readonly takeTurn: TakeTurn;
  readonly journal: ChangeJournal;
  readonly uploadWish: UploadWish;
}
