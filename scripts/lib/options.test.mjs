import { describe, expect, it } from "vitest";
import { parsePreviewOptions, parseStartOptions } from "./options.mjs";

describe("parseStartOptions", () => {
  it("has defaults", () => {
    expect(parseStartOptions([])).toEqual({
      help: false,
      port: 4173,
      homeserver: null,
      homeserverPort: 8008,
      reset: false,
    });
  });

  it("reads every option, in both spellings", () => {
    const args = ["--port", "5000", "--homeserver-port=9008", "--reset", "--help"];
    expect(parseStartOptions(args)).toMatchObject({
      help: true,
      port: 5000,
      homeserverPort: 9008,
      reset: true,
    });
  });

  it.each([
    ["https://matrix.example.org", "https://matrix.example.org"],
    ["https://example.org/matrix/", "https://example.org/matrix"],
    ["http://localhost:8008", "http://localhost:8008"],
    ["http://127.0.0.1:8008/", "http://127.0.0.1:8008"],
    ["http://[::1]:8008", "http://[::1]:8008"],
  ])("takes the homeserver %s", (given, homeserver) => {
    expect(parseStartOptions(["--homeserver", given]).homeserver).toBe(homeserver);
  });

  it.each([
    [["--homeserver", "matrix.org"], /full address.*"matrix\.org"/],
    [["--homeserver", "localhost:8008"], /full address/],
    [["--homeserver", "ftp://example.org"], /full address/],
    [["--homeserver", "https://a:b@example.org"], /full address/],
    [["--homeserver", "http://example.org"], /plain http/],
    [["--homeserver", "http://localhost.example.org"], /plain http/],
    [["--homeserver", "https://a.org", "--homeserver-port", "1"], /give one of them/],
    [["--port", "0"], /--port needs a number from 1 to 65535, not "0"/],
    [["--port", "65536"], /65535/],
    [["--port", "80x"], /"80x"/],
    [["--homeserver-port=-1"], /--homeserver-port needs/],
    [["--port", "8008"], /cannot both be 8008/],
    [["--prot", "1"], /Unknown option '--prot'\. --help lists/],
    [["--port"], /--port.*argument missing\. --help lists/],
    [["please"], /Unexpected argument 'please'/],
  ])("answers %j with one sentence", (args, sentence) => {
    expect(() => parseStartOptions(args)).toThrow(sentence);
    expect(() => parseStartOptions(args)).toThrow(expect.objectContaining({ name: "SetUpError" }));
  });
});

describe("parsePreviewOptions", () => {
  it("has a port", () => {
    expect(parsePreviewOptions([])).toEqual({ help: false, port: 4173 });
    expect(parsePreviewOptions(["--port", "4183"]).port).toBe(4183);
  });

  it("knows no other option", () => {
    expect(() => parsePreviewOptions(["--reset"])).toThrow(/Unknown option '--reset'/);
  });
});
