import {
  CryptoEvent,
  VerificationPhase,
  VerificationRequestEvent,
  type ShowSasCallbacks,
  type VerificationRequest,
  type Verifier,
} from "matrix-js-sdk/lib/crypto-api/index.js";
import type { OtherDevice } from "./OtherDevice.ts";
import { waitUntil } from "./waitUntil.ts";

/** A verification as the SDK alone does it, without any of the dashboard's code. */
export class OtherVerification {
  readonly #request: VerificationRequest;
  readonly #verified = new Map<Verifier, Promise<void>>();

  private constructor(request: VerificationRequest) {
    this.#request = request;
    const drive = (): void => {
      const { verifier } = request;
      if (verifier === undefined || this.#verified.has(verifier)) return;
      const ended = verifier.verify();
      this.#verified.set(verifier, ended);
      ended.catch(() => undefined);
    };
    request.on(VerificationRequestEvent.Change, drive);
    drive();
  }

  /** Asks every verified device of the account, as a new device does. */
  static async ask(device: OtherDevice): Promise<OtherVerification> {
    await device.crypto.userHasCrossSigningKeys(device.userId, true);
    return new OtherVerification(await device.crypto.requestOwnUserVerification());
  }

  /** Call it before the other side asks; `await` it after. */
  static hear(device: OtherDevice): Promise<OtherVerification> {
    return new Promise((resolve) => {
      device.client.once(CryptoEvent.VerificationRequestReceived, (request) =>
        resolve(new OtherVerification(request)),
      );
    });
  }

  /** The names of the seven emoji, in order; starts the comparison when `start` is set. */
  async emoji(start: boolean): Promise<string[]> {
    if (start) await this.#request.startVerification("m.sas.v1");
    const { sas } = await this.#sas();
    return (sas.emoji ?? []).map(([, name]) => name);
  }

  accept(): Promise<void> {
    return this.#request.accept();
  }

  cancel(): Promise<void> {
    return this.#request.cancel();
  }

  async ready(): Promise<void> {
    await waitUntil(() => this.#request.phase === VerificationPhase.Ready, {
      what: "the other side to accept",
    });
  }

  async confirm(): Promise<void> {
    await (await this.#sas()).confirm();
  }

  async mismatch(): Promise<void> {
    (await this.#sas()).mismatch();
  }

  /** Resolves when both sides have confirmed. */
  async done(): Promise<void> {
    await waitUntil(() => this.#request.phase === VerificationPhase.Done, {
      what: "the verification to end well",
    });
  }

  /** The code it was cancelled with. */
  async cancelled(): Promise<string | null> {
    await waitUntil(() => this.#request.phase === VerificationPhase.Cancelled, {
      what: "the verification to be cancelled",
    });
    return this.#request.cancellationCode;
  }

  #sas(): Promise<ShowSasCallbacks> {
    return waitUntil(() => this.#request.verifier?.getShowSasCallbacks() ?? null, {
      what: "the emoji",
    });
  }
}
