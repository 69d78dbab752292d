/** `GET /room_keys/version`. */
export interface ServerBackup {
  readonly version: string;
  readonly algorithm: string;
  readonly auth_data: Readonly<Record<string, unknown>> & { readonly public_key?: string };
  readonly count: number;
  readonly etag: string;
}

/** One entry of `PUT /room_keys/keys`; `session_data` is left open so that damage can be uploaded. */
export interface ServerRoomKey {
  readonly first_message_index: number;
  readonly forwarded_count: number;
  readonly is_verified: boolean;
  readonly session_data: unknown;
}

/** Room id, then session id. */
export type ServerRoomKeys = Readonly<
  Record<string, { readonly sessions: Readonly<Record<string, ServerRoomKey>> }>
>;

/** What a login returns. */
export interface SignedIn {
  readonly userId: string;
  readonly deviceId: string;
  readonly accessToken: string;
}
