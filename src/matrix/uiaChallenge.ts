import type { ConfirmationElsewhere } from "@/domain/confirmation";
import type { MatrixClient } from "matrix-js-sdk";
import { isSecureUrl } from "./authMetadata";
import { isObject } from "./errorOfAnswer";

const PASSWORD = "m.login.password";
const SSO = "m.login.sso";
/** The stable name, and the one before it. Both name the page in their parameters. */
const ACCOUNT_STAGES = ["m.oauth", "org.matrix.cross_signing_reset"];

/** A 401 that asks for more (Client-Server API, "User-Interactive Authentication API"). */
export interface Challenge {
  readonly session: string | null;
  /** What each flow still wants. */
  readonly remaining: readonly (readonly string[])[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly refused: boolean;
}

export function readChallenge(error: unknown): Challenge | null {
  if (!isObject(error) || error.httpStatus !== 401 || !isObject(error.data)) return null;
  const { flows, session, completed, params, errcode } = error.data;
  if (!Array.isArray(flows)) return null;
  const done = new Set(stringsOf(completed));
  return {
    session: typeof session === "string" ? session : null,
    remaining: flows.map((flow: unknown) =>
      stringsOf(isObject(flow) ? flow.stages : null).filter((stage) => !done.has(stage)),
    ),
    params: isObject(params) ? params : {},
    refused: errcode === "M_FORBIDDEN",
  };
}

/** Whether the account password is all that a flow still wants. */
export function takesPassword(challenge: Challenge): boolean {
  return wants(challenge, PASSWORD);
}

/**
 * The page on which a flow can be completed, or null when none is of a kind that is known here, or
 * its address is not one to send anybody to. A flow that was completed there wants nothing any more:
 * it is the next try that tells.
 */
export function pageOf(
  challenge: Challenge,
  client: Pick<MatrixClient, "getFallbackAuthUrl">,
): Pick<ConfirmationElsewhere, "url" | "host" | "by"> | null {
  for (const stage of ACCOUNT_STAGES) {
    const params = challenge.params[stage];
    const url = isObject(params) ? params.url : undefined;
    if (wants(challenge, stage) && typeof url === "string" && isSecureUrl(url)) {
      return { url, host: new URL(url).host, by: "account" };
    }
  }
  if (challenge.session === null || !wants(challenge, SSO)) return null;
  const url = client.getFallbackAuthUrl(SSO, challenge.session);
  return { url, host: new URL(url).host, by: "sso" };
}

function wants({ remaining }: Challenge, stage: string): boolean {
  return remaining.some((stages) => stages.length === 1 && stages[0] === stage);
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
