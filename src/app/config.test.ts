import { afterEach, describe, expect, it, vi } from "vitest";
import { loadConfig, parseConfig } from "./config";

describe("parseConfig", () => {
  it.each([
    [{}, null],
    [{ defaultHomeserver: null }, null],
    [{ defaultHomeserver: " matrix.org " }, "matrix.org"],
    [{ defaultHomeserver: "http://localhost:8008", somethingNew: 1 }, "http://localhost:8008"],
  ])("%j gives %j", (json, defaultHomeserver) => {
    expect(parseConfig(json)).toEqual({ ok: true, value: { defaultHomeserver } });
  });

  it.each([
    [{ defaultHomeserver: 7 }, "defaultHomeserver"],
    [{ defaultHomeserver: "" }, "defaultHomeserver"],
    [{ defaultHomeserver: ["matrix.org"] }, "defaultHomeserver"],
    [[], ""],
    ["matrix.org", ""],
    [null, ""],
  ])("%j names %j", (json, field) => {
    const parsed = parseConfig(json);
    expect(parsed.ok).toBe(false);
    expect(parsed).toMatchObject({ error: { field } });
  });
});

describe("loadConfig", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });
  const answer = (body: string, status = 200) =>
    vi.stubGlobal("fetch", async () => new Response(body, { status }));

  it("reads the file", async () => {
    answer('{"defaultHomeserver":"example.test"}');
    expect(await loadConfig()).toEqual({ ok: true, value: { defaultHomeserver: "example.test" } });
  });

  it("takes the defaults when there is no file, or the app's page in its place", async () => {
    const defaults = { ok: true, value: { defaultHomeserver: null } };
    answer("not found", 404);
    expect(await loadConfig()).toEqual(defaults);
    answer("<!doctype html><title>Key Backup</title>");
    expect(await loadConfig()).toEqual(defaults);
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("Failed to fetch")));
    expect(await loadConfig()).toEqual(defaults);
  });

  it("says that a broken file is broken", async () => {
    answer('{"defaultHomeserver":');
    expect(await loadConfig()).toMatchObject({ ok: false, error: { field: "" } });
  });
});
