import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { portProblem, requireFreePort } from "./ports.mjs";

describe("requireFreePort", () => {
  const server = createServer();
  afterEach(() => {
    server.close();
  });

  it("names the port, its use and the option when it is taken, and passes when it is free", async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const wanted = { port, use: "the dashboard", option: "--port" };
    await expect(requireFreePort(wanted)).rejects.toThrow(
      `Port ${port}, wanted for the dashboard, is in use: end the program that holds it, or choose another port with --port.`,
    );
    server.close();
    await once(server, "close");
    await expect(requireFreePort(wanted)).resolves.toBeUndefined();
  });
});

describe("portProblem", () => {
  it.each([
    ["EACCES", /may not listen on port 80,.*above 1023 with --port\.$/],
    ["EINVAL", /Port 80,.*\(EINVAL\)/],
    [undefined, /no reason given/],
  ])("words %s", (code, sentence) => {
    const error = portProblem({ code, port: 80, use: "the dashboard", option: "--port" });
    expect(error.message).toMatch(sentence);
  });
});
