import type { AppError } from "@/domain/errors";
import type { SessionGateway } from "@/domain/ports";
import { fail, ok, type Result } from "@/domain/result";
import { sayOffline } from "./sayOffline";
import { withoutThrowing } from "./withoutThrowing";

/**
 * A gateway whose code is loaded at its first use. When the code does not arrive the call fails
 * with `part_missing`, and the next call loads again.
 */
export function lazyGateway(load: () => Promise<SessionGateway>): SessionGateway {
  let loading: Promise<SessionGateway> | null = null;

  async function ask<T>(
    call: (gateway: SessionGateway) => Promise<Result<T, AppError>>,
  ): Promise<Result<T, AppError>> {
    const gateway = await arrive(() => (loading ??= load()));
    if (!gateway.ok) {
      loading = null;
      return gateway;
    }
    return sayOffline(await withoutThrowing(() => call(gateway.value)));
  }

  return {
    findHomeserver: (input) => ask((gateway) => gateway.findHomeserver(input)),
    signIn: (request) => ask((gateway) => gateway.signIn(request)),
    beginRedirect: (request) => ask((gateway) => gateway.beginRedirect(request)),
    finishRedirect: (answer) => ask((gateway) => gateway.finishRedirect(answer)),
    signInWithToken: (request) => ask((gateway) => gateway.signInWithToken(request)),
    readStored: () => ask((gateway) => gateway.readStored()),
    markEnded: (user) => ask((gateway) => gateway.markEnded(user)),
    open: () => ask((gateway) => gateway.open()),
    exportEnded: (request) => ask((gateway) => gateway.exportEnded(request)),
    endUnopened: () => ask((gateway) => gateway.endUnopened()),
    forget: () => ask((gateway) => gateway.forget()),
  };
}

/** Code that is loaded on demand. Error: `part_missing`. */
export async function arrive<T>(load: () => Promise<T>): Promise<Result<T, AppError>> {
  try {
    return ok(await load());
  } catch {
    return fail({ kind: "part_missing" });
  }
}
