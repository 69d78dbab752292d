import { afterEach, describe, expect, it, vi } from "vitest";
import type { AppError } from "@/domain/errors";
import { fail, ok } from "@/domain/result";
import { createTestApp } from "@/testing/createTestApp";
import { settle, withFakeTime } from "@/testing/fakeTime";

withFakeTime();
afterEach(() => {
  vi.unstubAllGlobals();
});

const network: AppError = { kind: "network", detail: "POST hs.test" };
const timeout: AppError = { kind: "timeout", detail: "POST hs.test" };
const refused: AppError = { kind: "wrong_password" };
const offline: AppError = { kind: "offline" };

describe("a question to a server that failed", () => {
  it.each([
    [false, network, offline],
    [false, timeout, offline],
    [false, refused, refused],
    [true, network, network],
    // A browser that does not say.
    [undefined, timeout, timeout],
  ] as const)("with navigator.onLine %s: %j is told as %j", async (onLine, error, told) => {
    const app = createTestApp();
    app.gateway.found = fail(error);
    app.gateway.signInError = error;
    app.session.start();
    await settle();
    vi.stubGlobal("navigator", onLine === undefined ? {} : { onLine });
    const target = { baseUrl: "https://hs.test", host: "hs.test", discoveredFrom: null };
    expect(await app.session.findHomeserver({ homeserver: "hs.test", username: "" })).toEqual(
      fail(told),
    );
    expect(await app.session.signIn({ target, username: "a", password: "b" })).toEqual(fail(told));
  });

  it("is not asked about where one was answered", async () => {
    const app = createTestApp();
    app.session.start();
    await settle();
    vi.stubGlobal("navigator", { onLine: false });
    const found = await app.session.findHomeserver({ homeserver: "hs.test", username: "" });
    expect(found).toEqual(ok(expect.anything()));
  });
});
