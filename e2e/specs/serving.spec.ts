import { expect, test } from "../fixtures/index.ts";

test("every file is served with the security headers, the worker and the wasm too", async ({
  account,
  page,
  request,
  baseURL,
  otherDevice,
  dashboard: { signIn, restore },
}) => {
  const urls = new Set<string>([
    `${baseURL}/`,
    `${baseURL}/config.json`,
    `${baseURL}/nothing-here`,
  ]);
  page.context().on("request", (sent) => {
    if (sent.url().startsWith(baseURL ?? "-")) urls.add(sent.url().split("#")[0] ?? "");
  });
  const other = await otherDevice();
  const { recoveryKey } = await other.setUpBackup();
  const room = await other.createEncryptedRoom("One");
  await other.sendMessage(room, "one");
  await other.waitForBackupCount(1);
  await signIn.signIn(account);
  await restore.openUnlock();
  await restore.enterKey(recoveryKey);
  await restore.startRestore();
  await restore.summary();

  const kinds = [...urls].map((url) => /\.(\w+)$/.exec(new URL(url).pathname)?.[1] ?? "html");
  for (const kind of ["html", "js", "css", "wasm", "woff2"]) expect(kinds).toContain(kind);
  expect(
    [...urls].some((url) => /worker/i.test(url)),
    "the worker is among them",
  ).toBe(true);
  for (const url of urls) {
    const response = await request.get(url);
    const headers = response.headers();
    const policy = headers["content-security-policy"] ?? "";
    expect(policy, url).toContain("default-src 'none'");
    expect(policy, url).toContain("require-trusted-types-for 'script'");
    expect(policy, url).toContain("frame-ancestors 'none'");
    expect(policy, url).not.toMatch(/unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)/);
    expect(headers, url).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
    });
    if (url.endsWith(".wasm")) expect(headers["content-type"]).toBe("application/wasm");
  }
});
