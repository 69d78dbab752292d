import type { ServerBackup, ServerRoomKeys, SignedIn } from "./matrixApiTypes.ts";

/** An answer with an error status. `message` names the request without its query and body. */
export class MatrixApiError extends Error {
  override readonly name = "MatrixApiError";
  readonly status: number;
  readonly errcode: string | null;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(request: string, status: number, body: Readonly<Record<string, unknown>>) {
    const errcode = typeof body["errcode"] === "string" ? body["errcode"] : null;
    const words = typeof body["error"] === "string" ? body["error"] : "";
    super(`${request}: ${status} ${errcode ?? ""} ${words}`.trim());
    this.status = status;
    this.errcode = errcode;
    this.body = body;
  }
}

interface RequestOptions {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Send without the access token. */
  readonly anonymous?: boolean;
}

/** The Client-Server API by plain fetch, for one user or for none. No retries, no cache. */
export class MatrixApi {
  readonly baseUrl: string;
  readonly session: SignedIn | null;

  constructor(baseUrl: string, session: SignedIn | null = null) {
    this.baseUrl = baseUrl.replace(/\/+$/u, "");
    this.session = session;
  }

  /** Signs in by password and returns an api for that device. */
  static async signIn(
    baseUrl: string,
    username: string,
    password: string,
    deviceName = "Test API",
  ): Promise<MatrixApi> {
    const anonymous = new MatrixApi(baseUrl);
    return new MatrixApi(baseUrl, await anonymous.login(username, password, deviceName));
  }

  /** The signed-in user's id; throws on an api without a session. */
  get userId(): string {
    return this.#signedIn().userId;
  }

  /**
   * One request below `/_matrix/client`, for example `request("GET", "/v3/account/whoami")`.
   * Path segments must be encoded by the caller ({@link path} does it).
   * Rejects with {@link MatrixApiError} on an error status.
   */
  async request<T>(method: string, target: string, options: RequestOptions = {}): Promise<T> {
    const url = new URL(`${this.baseUrl}/_matrix/client${target}`);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const headers: Record<string, string> = {};
    if (options.body !== undefined) headers["content-type"] = "application/json";
    if (this.session !== null && options.anonymous !== true) {
      headers["authorization"] = `Bearer ${this.session.accessToken}`;
    }
    const response = await fetch(url, {
      method,
      headers,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    const json = parseJson(text);
    if (!response.ok) throw new MatrixApiError(`${method} ${target}`, response.status, json);
    return json as T;
  }

  // Account and devices

  async login(username: string, password: string, deviceName?: string): Promise<SignedIn> {
    const answer = await this.request<LoginAnswer>("POST", "/v3/login", {
      anonymous: true,
      body: {
        type: "m.login.password",
        identifier: { type: "m.id.user", user: username },
        password,
        initial_device_display_name: deviceName,
      },
    });
    return toSignedIn(answer);
  }

  /** Open registration with the dummy stage; the server must allow it. */
  async register(username: string, password: string): Promise<SignedIn> {
    const answer = await this.request<LoginAnswer>("POST", "/v3/register", {
      anonymous: true,
      body: { username, password, auth: { type: "m.login.dummy" } },
    });
    return toSignedIn(answer);
  }

  whoami(): Promise<{ user_id: string; device_id?: string }> {
    return this.request("GET", "/v3/account/whoami");
  }

  async logout(): Promise<void> {
    await this.request("POST", "/v3/logout", { body: {} });
  }

  async logoutAll(): Promise<void> {
    await this.request("POST", "/v3/logout/all", { body: {} });
  }

  async devices(): Promise<{ device_id: string; display_name?: string }[]> {
    const answer = await this.request<{ devices: { device_id: string; display_name?: string }[] }>(
      "GET",
      "/v3/devices",
    );
    return answer.devices;
  }

  /** Deletes one device; its token stops working at once. */
  async deleteDevice(deviceId: string, password: string): Promise<void> {
    const target = path`/v3/devices/${deviceId}`;
    try {
      await this.request("DELETE", target, { body: {} });
    } catch (error) {
      if (!(error instanceof MatrixApiError) || error.status !== 401) throw error;
      const auth = this.passwordAuth(password, error.body["session"]);
      await this.request("DELETE", target, { body: { auth } });
    }
  }

  /** The `auth` object of user-interactive authentication by password. */
  passwordAuth(
    password: string,
    session: unknown,
  ): { type: "m.login.password"; session: string } & Record<string, unknown> {
    return {
      type: "m.login.password",
      identifier: { type: "m.id.user", user: this.userId },
      password,
      session: String(session),
    };
  }

  // Rooms

  /** Makes a private room and returns its id. Encrypted unless told otherwise. */
  async createRoom(options: {
    readonly name?: string;
    readonly topic?: string;
    readonly invite?: readonly string[];
    readonly encrypted?: boolean;
  }): Promise<string> {
    const encryption = {
      type: "m.room.encryption",
      state_key: "",
      content: { algorithm: "m.megolm.v1.aes-sha2" },
    };
    const answer = await this.request<{ room_id: string }>("POST", "/v3/createRoom", {
      body: {
        preset: "private_chat",
        name: options.name,
        topic: options.topic,
        invite: options.invite ?? [],
        initial_state: options.encrypted === false ? [] : [encryption],
      },
    });
    return answer.room_id;
  }

  async invite(roomId: string, userId: string): Promise<void> {
    await this.request("POST", path`/v3/rooms/${roomId}/invite`, { body: { user_id: userId } });
  }

  async join(roomId: string): Promise<void> {
    await this.request("POST", path`/v3/join/${roomId}`, { body: {} });
  }

  async leave(roomId: string): Promise<void> {
    await this.request("POST", path`/v3/rooms/${roomId}/leave`, { body: {} });
  }

  async joinedRooms(): Promise<string[]> {
    const answer = await this.request<{ joined_rooms: string[] }>("GET", "/v3/joined_rooms");
    return answer.joined_rooms;
  }

  /** The newest events of a room as the server holds them, newest first. */
  async recentEvents(roomId: string, limit = 50): Promise<Record<string, unknown>[]> {
    const answer = await this.request<{ chunk: Record<string, unknown>[] }>(
      "GET",
      path`/v3/rooms/${roomId}/messages`,
      { query: { dir: "b", limit: String(limit) } },
    );
    return answer.chunk;
  }

  // Key backup

  /** The newest backup, or null when the server says there is none (404 with M_NOT_FOUND). */
  async backupVersion(version?: string): Promise<ServerBackup | null> {
    const target =
      version === undefined ? "/v3/room_keys/version" : path`/v3/room_keys/version/${version}`;
    return orNull(this.request<ServerBackup>("GET", target));
  }

  /** `POST /room_keys/version`; returns the new version. */
  async createBackupVersion(body: {
    readonly algorithm: string;
    readonly auth_data: Readonly<Record<string, unknown>>;
  }): Promise<string> {
    const answer = await this.request<{ version: string }>("POST", "/v3/room_keys/version", {
      body,
    });
    return answer.version;
  }

  /** `PUT /room_keys/version/{version}`: changes the auth data in place. */
  async updateBackupVersion(
    version: string,
    body: { readonly algorithm: string; readonly auth_data: Readonly<Record<string, unknown>> },
  ): Promise<void> {
    await this.request("PUT", path`/v3/room_keys/version/${version}`, {
      body: { ...body, version },
    });
  }

  async deleteBackupVersion(version: string): Promise<void> {
    await this.request("DELETE", path`/v3/room_keys/version/${version}`);
  }

  /** Every key of the version, or those of one room. */
  async roomKeys(version: string, roomId?: string): Promise<ServerRoomKeys> {
    if (roomId === undefined) {
      const all = await this.request<{ rooms: ServerRoomKeys }>("GET", "/v3/room_keys/keys", {
        query: { version },
      });
      return all.rooms;
    }
    const room = await this.request<ServerRoomKeys[string]>(
      "GET",
      path`/v3/room_keys/keys/${roomId}`,
      { query: { version } },
    );
    return { [roomId]: room };
  }

  /** Uploads keys; Synapse fails above roughly 900 rooms in one request. Returns the new totals. */
  putRoomKeys(version: string, rooms: ServerRoomKeys): Promise<{ count: number; etag: string }> {
    return this.request("PUT", "/v3/room_keys/keys", { query: { version }, body: { rooms } });
  }

  /** Deletes all keys of the version, those of one room, or one. Returns the new totals. */
  deleteRoomKeys(
    version: string,
    roomId?: string,
    sessionId?: string,
  ): Promise<{ count: number; etag: string }> {
    const room = roomId === undefined ? "" : path`/${roomId}`;
    const session = sessionId === undefined ? "" : path`/${sessionId}`;
    return this.request("DELETE", `/v3/room_keys/keys${room}${session}`, { query: { version } });
  }

  // Account data

  /** One global account data event, or null when there is none. */
  accountData(type: string): Promise<Record<string, unknown> | null> {
    return orNull(
      this.request<Record<string, unknown>>(
        "GET",
        path`/v3/user/${this.userId}/account_data/${type}`,
      ),
    );
  }

  async putAccountData(type: string, content: Readonly<Record<string, unknown>>): Promise<void> {
    await this.request("PUT", path`/v3/user/${this.userId}/account_data/${type}`, {
      body: content,
    });
  }

  #signedIn(): SignedIn {
    if (this.session === null) throw new Error("this MatrixApi has no session");
    return this.session;
  }
}

/** Builds a path, percent-encoding every value put into it. */
function path(strings: TemplateStringsArray, ...values: readonly string[]): string {
  return strings.reduce(
    (built, text, index) => built + encodeURIComponent(values[index - 1] ?? "") + text,
  );
}

interface LoginAnswer {
  user_id: string;
  device_id: string;
  access_token: string;
}

function toSignedIn(answer: LoginAnswer): SignedIn {
  return {
    userId: answer.user_id,
    deviceId: answer.device_id,
    accessToken: answer.access_token,
  };
}

async function orNull<T>(request: Promise<T>): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    if (
      error instanceof MatrixApiError &&
      error.status === 404 &&
      error.errcode === "M_NOT_FOUND"
    ) {
      return null;
    }
    throw error;
  }
}

function parseJson(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return { error: text.slice(0, 200) };
  }
}
