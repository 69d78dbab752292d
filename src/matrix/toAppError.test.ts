import { DatabaseError } from "@/lib/idb";
import { ConnectionError, HTTPError, MatrixError } from "matrix-js-sdk";
import { ClientStoppedError } from "matrix-js-sdk/lib/errors";
import { describe, expect, it } from "vitest";
import { SessionFailure } from "./sessionFailure";
import { attempt, toAppError } from "./toAppError";

const TOKEN = "syt_YWxpY2U_abcdefghijklmnopqrst_0abc12";

describe("toAppError", () => {
  it.each([
    [
      "a Matrix error with its code and words",
      new MatrixError({ errcode: "M_NOT_FOUND", error: "No backup found" }, 404),
      { kind: "server", status: 404, errcode: "M_NOT_FOUND", message: "No backup found" },
    ],
    [
      "a long error code whole",
      new MatrixError({ errcode: "M_WRONG_ROOM_KEYS_VERSION", error: "Wrong version" }, 403),
      {
        kind: "server",
        status: 403,
        errcode: "M_WRONG_ROOM_KEYS_VERSION",
        message: "Wrong version",
      },
    ],
    [
      "an error code that is none, dropped",
      new MatrixError({ errcode: "<img src=x>", error: "x" }, 400),
      { kind: "server", status: 400, errcode: null, message: "x" },
    ],
    [
      "a soft logout",
      new MatrixError({ errcode: "M_UNKNOWN_TOKEN", soft_logout: true }, 401),
      { kind: "signed_out", soft: true },
    ],
    [
      "a hard logout",
      new MatrixError({ errcode: "M_UNKNOWN_TOKEN", error: "Invalid access token" }, 401),
      { kind: "signed_out", soft: false },
    ],
    [
      "a deactivated account",
      new MatrixError({ errcode: "M_USER_DEACTIVATED", error: "gone" }, 403),
      { kind: "account_deactivated" },
    ],
    [
      "a rate limit by its body",
      new MatrixError({ errcode: "M_LIMIT_EXCEEDED", retry_after_ms: 1500 }, 429),
      { kind: "rate_limited", retryAfterMs: 1500 },
    ],
    [
      "a rate limit by its header, which goes first",
      new MatrixError(
        { errcode: "M_LIMIT_EXCEEDED", retry_after_ms: 1500 },
        429,
        undefined,
        undefined,
        new Headers({ "Retry-After": "3" }),
      ),
      { kind: "rate_limited", retryAfterMs: 3000 },
    ],
    [
      "a rate limit that says nothing usable",
      new MatrixError({ errcode: "M_LIMIT_EXCEEDED", retry_after_ms: -5 }, 429),
      { kind: "rate_limited", retryAfterMs: null },
    ],
    [
      "a proxy's web page",
      new HTTPError("Server returned 404 error", 404),
      { kind: "not_matrix", detail: "HTTP 404 without a JSON object" },
    ],
    [
      "a proxy's web page about a broken server",
      new HTTPError("Server returned 502 error", 502),
      { kind: "server", status: 502, errcode: null, message: null },
    ],
    ["a stopped client", new ClientStoppedError(), { kind: "closed" }],
    ["a freed crypto machine", new Error("null pointer passed to rust"), { kind: "closed" }],
    [
      "a crypto store of another device",
      new Error(
        "the account in the store doesn't match the account in the constructor: expected @a:b:C, got @a:b:D",
      ),
      { kind: "storage", reason: "mismatch" },
    ],
    [
      "a crypto store under another key",
      new Error("An object failed to be decrypted while unpickling"),
      { kind: "storage", reason: "mismatch" },
    ],
    [
      "a full disk",
      new DOMException("full", "QuotaExceededError"),
      { kind: "storage", reason: "quota" },
    ],
    [
      "a transaction of the crypto module that was undone",
      new Error("Expected the Transaction to be committed, but it was aborted."),
      { kind: "storage", reason: "unavailable" },
    ],
    ["a blocked database", new DatabaseError("blocked"), { kind: "storage", reason: "blocked" }],
    [
      "what was thrown as an AppError",
      new SessionFailure({ kind: "no_backup" }),
      { kind: "no_backup" },
    ],
  ])("maps %s", (_what, error, expected) => expect(toAppError(error)).toEqual(expected));

  it("reads a Retry-After date as the time from now", () => {
    const inOneMinute = new Date(Date.now() + 60_000).toUTCString();
    const error = toAppError(
      new HTTPError("slow", 429, new Headers({ "Retry-After": inOneMinute })),
    );
    expect(error).toMatchObject({ kind: "rate_limited" });
    const wait = error.kind === "rate_limited" ? error.retryAfterMs : null;
    expect(wait).toBeGreaterThan(57_000);
    expect(wait).toBeLessThanOrEqual(60_000);
  });

  it("takes a failed download of the crypto module for what it is", () => {
    expect(
      toAppError(new TypeError("Incorrect response MIME type. Expected 'application/wasm'.")),
    ).toMatchObject({ kind: "crypto_unavailable" });
    expect(toAppError(new WebAssembly.CompileError("bad magic"))).toMatchObject({
      kind: "crypto_unavailable",
    });
  });

  it.each([
    "Failed to fetch dynamically imported module: https://app.example.org/assets/a.js",
    "error loading dynamically imported module: https://app.example.org/assets/a.js",
    "Importing a module script failed.",
  ])("tells code that did not arrive from crypto that does not run: %s", (message) => {
    expect(toAppError(new TypeError(message))).toEqual({ kind: "part_missing" });
  });

  it("lets no secret through in any text", () => {
    const recoveryKey = "EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d";
    const key = "aGVsbG8gd29ybGQgdGhpcyBpcyBhIGtleQ+/aGVsbG8";
    const errors = [
      new Error(`Bearer ${TOKEN} was refused`),
      new Error(`GET https://example.org/_matrix/client/v3/sync?access_token=${TOKEN} failed`),
      new Error(`the key ${recoveryKey} is wrong`),
      new Error(`the key ${recoveryKey.replaceAll(" ", "")} is wrong`),
      new ConnectionError("fetch failed", new Error(key)),
      new MatrixError({ errcode: "M_UNKNOWN", error: `bad key ${key} ${TOKEN}` }, 400),
      `thrown text ${TOKEN}`,
    ];
    const told = JSON.stringify(errors.map(toAppError));
    for (const secret of [TOKEN, "abcdefghijklmnop", recoveryKey, "EsTc", "EsTcLW2K", key]) {
      expect(told).not.toContain(secret);
    }
  });

  it("keeps long words of an error readable", () => {
    expect(toAppError(new Error("M_WRONG_ROOM_KEYS_VERSION_LONGER"))).toEqual({
      kind: "unexpected",
      detail: "Error: M_WRONG_ROOM_KEYS_VERSION_LONGER",
    });
  });

  it("cuts endless text", () => {
    const error = toAppError(new Error("no way ".repeat(200)));
    expect(error.kind === "unexpected" ? error.detail.length : 0).toBe(240);
  });
});

describe("attempt", () => {
  it("answers with the value or the mapped error", async () => {
    expect(await attempt(() => Promise.resolve(7))).toEqual({ ok: true, value: 7 });
    expect(await attempt(() => Promise.reject(new ClientStoppedError()))).toEqual({
      ok: false,
      error: { kind: "closed" },
    });
  });
});
