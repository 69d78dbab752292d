import type { AppError } from "@/domain/errors";
import type { ExportedKeyFile, ExportRequest } from "@/domain/keyFile";
import type { LiveSession, SessionGateway } from "@/domain/ports";
import type { FinishedRedirect } from "@/domain/signInPorts";
import { ok, type Result } from "@/domain/result";
import type { SignedInUser, StoredUser } from "@/domain/session";
import type { FoundHomeserver, RedirectAnswer } from "@/domain/signIn";
import { alice } from "./facts";
import { FakeLiveSession } from "./FakeLiveSession";

type SignInRequest = Parameters<SessionGateway["signIn"]>[0];
type RedirectRequest = Parameters<SessionGateway["beginRedirect"]>[0];

/** A browser's stored session, and the way to open it. */
export class FakeGateway implements SessionGateway {
  stored: SignedInUser | null;
  /** Whose session is held in memory, until what is stored is read again; that is not touched meanwhile. */
  unstored: SignedInUser | null = null;
  /** Was the stored session ended by the server? */
  ended = false;
  /** Devices that were ended, and replaced by a new one of the same user. */
  readonly endedDevices: string[] = [];
  found: Result<FoundHomeserver, AppError> = ok({
    baseUrl: alice.homeserverUrl,
    host: "matrix.example.org",
    discoveredFrom: null,
    offer: { password: true, sso: null, oauth: null },
  });
  /** Set to make the next call fail. */
  signInError: AppError | null = null;
  readError: AppError | null = null;
  markError: AppError | null = null;
  openError: AppError | null = null;
  forgetError: AppError | null = null;
  readonly signIns: SignInRequest[] = [];
  /** How often the server was told of the end of a session that is not open. */
  ends = 0;
  endError: AppError | null = null;
  /** How often it was told to forget. */
  forgets = 0;
  /** The passphrases of the files that were asked for. */
  readonly exports: string[] = [];
  readonly redirects: RedirectRequest[] = [];
  /** What the page came back with, each time it was asked. */
  readonly answers: (RedirectAnswer | null)[] = [];
  /** How the next answer ends; a user is stored as by `signIn`. */
  redirected: Result<SignedInUser | null, AppError> = ok(null);
  /** Whether nothing of it is stored. */
  redirectedInMemory = false;
  readonly sessions: FakeLiveSession[] = [];
  /** Prepares each session before it is handed out. */
  onOpen: (session: FakeLiveSession) => void = () => undefined;
  #gate: Promise<void> = Promise.resolve();
  #redirectGate: Promise<void> = Promise.resolve();

  constructor(stored: SignedInUser | null = null) {
    this.stored = stored;
  }

  /** Holds `signIn` and `open` back until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return resolve;
  }

  /** Holds `finishRedirect` back until the returned function is called. */
  holdRedirect(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#redirectGate = promise;
    return resolve;
  }

  /** The newest opened session; throws when there was none. */
  get session(): FakeLiveSession {
    const session = this.sessions.at(-1);
    if (session === undefined) throw new Error("No session was opened");
    return session;
  }

  async findHomeserver(): Promise<Result<FoundHomeserver, AppError>> {
    return this.found;
  }

  async signIn(request: SignInRequest): Promise<Result<SignedInUser, AppError>> {
    this.signIns.push(request);
    await this.#gate;
    if (this.signInError !== null) return { ok: false, error: this.signInError };
    const { deviceId = "NEWDEVICE", username, target } = request;
    if (request.memoryOnly === true) {
      this.unstored = { userId: username, deviceId, homeserverUrl: target.baseUrl };
      return ok(this.unstored);
    }
    if (this.ended && this.stored !== null) this.endedDevices.push(this.stored.deviceId);
    this.ended = false;
    this.stored = { userId: username, deviceId, homeserverUrl: target.baseUrl };
    return ok(this.stored);
  }

  async beginRedirect(request: RedirectRequest): Promise<Result<string, AppError>> {
    this.redirects.push(request);
    return this.signInError === null
      ? ok("https://elsewhere.test/")
      : { ok: false, error: this.signInError };
  }

  async finishRedirect(
    answer: RedirectAnswer | null,
  ): Promise<Result<FinishedRedirect | null, AppError>> {
    this.answers.push(answer);
    await this.#redirectGate;
    if (!this.redirected.ok) return this.redirected;
    const user = this.redirected.value;
    if (user === null) return ok(null);
    const memoryOnly = this.redirectedInMemory;
    if (memoryOnly) this.unstored = user;
    else {
      if (this.ended && this.stored !== null) this.endedDevices.push(this.stored.deviceId);
      this.ended = false;
      this.stored = user;
    }
    return ok({ user, memoryOnly, host: "elsewhere.test" });
  }

  async signInWithToken({
    target,
    memoryOnly,
  }: Parameters<SessionGateway["signInWithToken"]>[0]): Promise<Result<SignedInUser, AppError>> {
    if (this.signInError !== null) return { ok: false, error: this.signInError };
    const user = { ...alice, homeserverUrl: target.baseUrl };
    if (memoryOnly === true) this.unstored = user;
    else this.stored = user;
    return ok(user);
  }

  async readStored(): Promise<Result<StoredUser | null, AppError>> {
    this.unstored = null;
    if (this.readError !== null) return { ok: false, error: this.readError };
    return ok(this.stored === null ? null : { user: this.stored, ended: this.ended });
  }

  async markEnded(user: SignedInUser): Promise<Result<void, AppError>> {
    if (this.markError !== null) return { ok: false, error: this.markError };
    this.ended = this.stored?.deviceId === user.deviceId;
    return ok(undefined);
  }

  async open(): Promise<Result<LiveSession, AppError>> {
    await this.#gate;
    if (this.openError !== null) return { ok: false, error: this.openError };
    const session = new FakeLiveSession(
      this.unstored ?? this.stored ?? alice,
      this.unstored !== null,
    );
    this.onOpen(session);
    this.sessions.push(session);
    return ok(session);
  }

  async exportEnded({ passphrase }: ExportRequest): Promise<Result<ExportedKeyFile, AppError>> {
    this.exports.push(passphrase);
    return ok({ file: new Blob(["keys"]), count: 3 });
  }

  async endUnopened(): Promise<Result<void, AppError>> {
    this.ends++;
    await this.#gate;
    return this.endError === null ? ok(undefined) : { ok: false, error: this.endError };
  }

  async forget(): Promise<Result<void, AppError>> {
    this.forgets++;
    if (this.forgetError !== null) return { ok: false, error: this.forgetError };
    if (this.unstored === null) this.stored = null;
    return ok(undefined);
  }
}
