import { createClient, type MatrixClient } from "matrix-js-sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ConfirmationElsewhere } from "@/domain/confirmation";
import { ok, type Result } from "@/domain/result";
import type { AppError } from "@/domain/errors";
import { startOAuthServer, type OAuthReply, type OAuthServerRig } from "./oauthServerRig";
import { redactingLogger } from "./redactingLogger";
import { uploadSigningKeys, type Askers } from "./signingKeysUpload";

let server: OAuthServerRig;
let client: MatrixClient;
/** Answers to the uploads, the last one repeated. */
let replies: OAuthReply[] = [];

beforeEach(async () => {
  server = await startOAuthServer(() => (replies.length > 1 ? replies.shift() : replies[0]) ?? {});
  client = createClient({
    baseUrl: server.url,
    userId: "@alice:hs.test",
    deviceId: "D",
    accessToken: "t",
    logger: redactingLogger,
  });
});
afterEach(() => server.stop());

const challenge = (
  stages: readonly string[][],
  more: Record<string, unknown> = {},
): OAuthReply => ({
  status: 401,
  body: {
    session: "the-session",
    flows: stages.map((one) => ({ stages: one })),
    params: {},
    ...more,
  },
});
const accepted: OAuthReply = { body: {} };

/** Asks as told, and notes what was asked. */
async function upload(options: {
  readonly elsewhere?: readonly ("done" | "password" | null)[];
  readonly passwords?: readonly (string | null)[];
  readonly confirm?: () => Promise<Result<void, AppError>>;
}) {
  const elsewhere = [...(options.elsewhere ?? [])];
  const passwords = [...(options.passwords ?? [])];
  const asked: (string | ConfirmationElsewhere)[] = [];
  const askers: Askers = {
    askPassword: async (why) => {
      asked.push(why);
      return passwords.shift() ?? null;
    },
    ...(options.elsewhere === undefined
      ? {}
      : {
          confirmElsewhere: async (where: ConfirmationElsewhere) => {
            asked.push(where);
            return elsewhere.shift() ?? null;
          },
        }),
  };
  const outcome = await uploadSigningKeys(
    {
      client,
      user: { userId: "@alice:hs.test", deviceId: "D", homeserverUrl: server.url },
      closed: new AbortController().signal,
    },
    { master_key: { keys: {} } },
    { ...askers, confirm: options.confirm ?? (async () => ok(undefined)) },
  );
  const auths = server.seen.map(({ body }) => (JSON.parse(body) as { auth?: unknown }).auth);
  return { outcome, asked, auths };
}

const SSO = ["m.login.sso"];
const PASSWORD = ["m.login.password"];
const passwordAuth = (password: string) => ({
  type: "m.login.password",
  identifier: { type: "m.id.user", user: "@alice:hs.test" },
  password,
  session: "the-session",
});

describe("publishing cross-signing keys, confirmed", () => {
  it("by signing in once more, tried again while the homeserver has not heard of it", async () => {
    replies = [challenge([SSO]), challenge([SSO]), accepted];
    const { outcome, asked, auths } = await upload({ elsewhere: ["done", "done"] });
    expect(outcome).toEqual(ok(undefined));
    const page = {
      url: `${server.url}/_matrix/client/v3/auth/m.login.sso/fallback/web?session=the-session`,
      host: new URL(server.url).host,
      by: "sso",
      orPassword: false,
    };
    expect(asked).toEqual([
      { ...page, why: "needed" },
      { ...page, why: "not_yet" },
    ]);
    expect(auths).toEqual([undefined, { session: "the-session" }, { session: "the-session" }]);
  });

  it.each([["m.oauth"], ["org.matrix.cross_signing_reset"]])(
    "on the account page that %s names",
    async (stage) => {
      const url = "https://auth.test/account?action=org.matrix.cross_signing_reset";
      replies = [challenge([[stage]], { params: { [stage]: { url } } }), accepted];
      const { outcome, asked } = await upload({ elsewhere: ["done"] });
      expect(outcome).toEqual(ok(undefined));
      expect(asked).toMatchObject([{ url, host: "auth.test", by: "account", why: "needed" }]);
    },
  );

  it.each([
    "http://192.0.2.1/account",
    "javascript:alert(1)",
    "data:text/html,x",
    "not an address",
    7,
  ])("never on %j", async (url) => {
    replies = [challenge([["m.oauth"]], { params: { "m.oauth": { url } } })];
    const { outcome, asked, auths } = await upload({ elsewhere: ["done"] });
    expect(outcome).toEqual({ ok: false, error: { kind: "identity", reason: "auth_unsupported" } });
    expect([asked, auths]).toEqual([[], [undefined]]);
  });

  it("by the password where the person has one, and wants that", async () => {
    replies = [
      challenge([PASSWORD, SSO]),
      challenge([PASSWORD, SSO], { errcode: "M_FORBIDDEN" }),
      accepted,
    ];
    const { outcome, asked, auths } = await upload({
      elsewhere: ["password"],
      passwords: ["wrong", "right"],
    });
    expect(outcome).toEqual(ok(undefined));
    expect(asked).toMatchObject([{ by: "sso", orPassword: true }, "needed", "wrong"]);
    expect(auths).toEqual([undefined, passwordAuth("wrong"), passwordAuth("right")]);
  });

  it("by the password where nobody can be sent elsewhere", async () => {
    replies = [challenge([SSO, PASSWORD]), accepted];
    const { asked, auths } = await upload({ passwords: ["right"] });
    expect(asked).toEqual(["needed"]);
    expect(auths).toEqual([undefined, passwordAuth("right")]);
  });

  it.each<[string, readonly string[][], Parameters<typeof upload>[0], string]>([
    ["cancelled elsewhere", [SSO], { elsewhere: [null] }, "not_confirmed"],
    ["cancelled at the password", [PASSWORD], { passwords: [null] }, "password_cancelled"],
    [
      "of a kind that is not known",
      [["m.login.email.identity"]],
      { elsewhere: ["done"] },
      "auth_unsupported",
    ],
    [
      "of two steps",
      [["m.login.password", "m.login.sso"]],
      { elsewhere: ["done"] },
      "auth_unsupported",
    ],
    ["elsewhere, which nobody can show", [SSO], {}, "auth_unsupported"],
  ])("is not tried when it is %s", async (_what, stages, options, reason) => {
    replies = [challenge(stages)];
    const { outcome, auths } = await upload(options);
    expect(outcome).toEqual({ ok: false, error: { kind: "identity", reason } });
    expect(auths).toEqual([undefined]);
  });

  it("ends when what was agreed to changed while the other page was open", async () => {
    replies = [challenge([SSO])];
    const changed: AppError = { kind: "identity", reason: "changed_meanwhile" };
    let looks = 0;
    const { outcome, auths } = await upload({
      elsewhere: ["done"],
      confirm: async () => (++looks === 1 ? ok(undefined) : { ok: false, error: changed }),
    });
    expect(outcome).toEqual({ ok: false, error: changed });
    expect(auths).toEqual([undefined]);
  });
});
