import { isObject } from "./errorOfAnswer";
import type { RefreshingTokens } from "./refreshingTokens";

/**
 * A `fetch` for the SDK that puts the present access token into every request which carries one,
 * and repeats a request once whose token has just expired. While the authorization server cannot be
 * reached such a request fails as when there is no connection, which the SDK tries again; only its
 * own "no" ends the session, softly: the device and its keys are kept.
 */
export function createRefreshingFetch(
  send: typeof globalThis.fetch,
  tokens: RefreshingTokens,
): typeof globalThis.fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    if (!headers.has("Authorization")) return send(input, init);
    const sendWith = (token: string): Promise<Response> => {
      headers.set("Authorization", `Bearer ${token}`);
      return send(input, { ...init, headers });
    };
    const token = await tokens.current();
    const answer = await sendWith(token);
    if (answer.status !== 401 || !(await saysUnknownToken(answer))) return answer;
    switch (await tokens.renew(token)) {
      case "renewed":
        return sendWith(await tokens.current());
      case "unreachable":
        throw new TypeError("the session could not be renewed");
      case "ended":
        return softLogout();
    }
  };
}

async function saysUnknownToken(answer: Response): Promise<boolean> {
  try {
    const body: unknown = await answer.clone().json();
    return isObject(body) && body.errcode === "M_UNKNOWN_TOKEN";
  } catch {
    return false;
  }
}

function softLogout(): Response {
  const body = { errcode: "M_UNKNOWN_TOKEN", error: "The session has expired", soft_logout: true };
  return Response.json(body, { status: 401 });
}
