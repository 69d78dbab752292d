import type { BackupVersion } from "@/domain/backup";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import { expect, test } from "vitest";
import { createRoomKeySource } from "./roomKeySource";

const VERSION = "5" as BackupVersion;
const { signal } = new AbortController();

function open(
  stream: Result<Response, AppError>,
  info: Result<unknown, AppError> = fail({ kind: "network", detail: "" }),
): ReturnType<ReturnType<typeof createRoomKeySource>["open"]> {
  return createRoomKeySource({
    request: () => Promise.resolve(info),
    requestStream(_method, path, options) {
      expect([path, options?.query]).toEqual(["/room_keys/keys", { version: VERSION }]);
      return Promise.resolve(stream);
    },
  }).open(VERSION, signal);
}

function answer(headers: Record<string, string>): Result<Response, AppError> {
  return ok(new Response("{}", { headers }));
}

test.each([
  [{ "Content-Length": "1234" }, 1234],
  [{}, null],
  [{ "Content-Length": "1234", "Content-Encoding": "gzip" }, null],
  [{ "Content-Length": "many" }, null],
])("headers %j give the length %j", async (headers: Record<string, string>, byteLength) => {
  expect(await open(answer(headers))).toMatchObject({ ok: true, value: { byteLength } });
});

test("another origin hides whether it compresses, so its length is not believed", async () => {
  const response = new Response("{}", { headers: { "Content-Length": "2" } });
  Object.defineProperty(response, "type", { value: "cors" });
  expect(await open(ok(response))).toMatchObject({ ok: true, value: { byteLength: null } });
});

const unknownVersion = (errcode: string, status: number): Result<Response, AppError> =>
  fail({ kind: "server", status, errcode, message: null });

function backup(version: string): Result<unknown, AppError> {
  return ok({ version, algorithm: "a", auth_data: {}, count: 0, etag: "" });
}

test.each([
  ["M_NOT_FOUND", 404],
  ["M_WRONG_ROOM_KEYS_VERSION", 403],
])("%s is explained by a fresh read", async (errcode, status) => {
  const refused = unknownVersion(errcode, status);
  const none: Result<unknown, AppError> = fail({
    kind: "server",
    status: 404,
    errcode: "M_NOT_FOUND",
    message: null,
  });
  expect(await open(refused, none)).toEqual(fail({ kind: "no_backup" }));
  expect(await open(refused, backup("6"))).toEqual(
    fail({ kind: "backup_changed", expected: VERSION, actual: "6" }),
  );
  expect(await open(refused, backup(VERSION))).toEqual(refused);
  expect(await open(refused)).toEqual(fail({ kind: "network", detail: "" }));
});

test("other errors are passed on as they are", async () => {
  const error: AppError = { kind: "rate_limited", retryAfterMs: 5 };
  expect(await open(fail(error))).toEqual(fail(error));
});
