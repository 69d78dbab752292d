import "@/app/global.css";
import { afterEach, describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { encodeRecoveryKey } from "@/domain/recoveryKey";
import { fail, ok } from "@/domain/result";
import { createActiveApp } from "@/testing/createTestApp";
import { aBackup, offline, readyIdentity } from "@/testing/facts";
import { TestProviders } from "@/testing/TestProviders";
import { UnlockScreen } from "./UnlockScreen";

const key = encodeRecoveryKey(new Uint8Array(32).fill(9));

async function show() {
  const app = await createActiveApp(({ keyBackup }) => {
    keyBackup.backup = ok(aBackup({ count: 2000 }));
    keyBackup.trust = ok({ signature: "untrusted", key: "absent" });
    keyBackup.crossSigning = ok({ ...readyIdentity, deviceVerified: false });
  });
  const screen = await render(
    <TestProviders app={app}>
      <UnlockScreen />
    </TestProviders>,
  );
  const button = (name: string) => screen.getByRole("button", { name, exact: true });
  await screen.getByLabelText("Recovery key", { exact: true }).fill(key);
  return { app, screen, button };
}

afterEach(() => {
  window.location.hash = "";
});

describe("unlock on the real state layer", () => {
  it("reads everything again, then starts the restore with one press", async () => {
    const { app, screen, button } = await show();
    const { keyBackup } = app.live;
    const before = keyBackup.asked.readCrossSigning;
    await button("Unlock").click();
    await expect
      .element(screen.getByText("The key fits backup version 1 with 2,000 room keys."))
      .toBeVisible();
    expect(keyBackup.asked.readCrossSigning).toBeGreaterThan(before);
    await button("Restore history").click();
    expect(window.location.hash).toBe("#/restore");
    await vi.waitFor(() => expect(app.live.restore.runs).toHaveLength(1));
  });

  it("ends with an error, not with waiting, when something breaks", async () => {
    const { app, screen, button } = await show();
    app.live.keyBackup.unlock = () => Promise.reject(new TypeError(key));
    await button("Unlock").click();
    const error = screen.getByTestId("error");
    await expect.element(error).toHaveAttribute("data-code", "unexpected");
    expect(document.body.textContent).not.toContain(key.slice(0, 9));
    await expect.element(button("Unlock")).toBeEnabled();
  });

  it("leaves no trace of the key in the caches and the store", async () => {
    const { app, screen, button } = await show();
    app.live.keyBackup.unlocked = fail(offline);
    await button("Unlock").click();
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "network");
    const kept = JSON.stringify([
      app.queryClient
        .getQueryCache()
        .getAll()
        .map(({ queryKey, state }) => [queryKey, state]),
      app.queryClient
        .getMutationCache()
        .getAll()
        .map(({ state }) => state),
      app.store.getState(),
    ]);
    expect(kept).toContain("key-backup");
    expect(kept).not.toContain(key.slice(0, 9));
    expect(kept).not.toContain(key.replaceAll(" ", "").slice(0, 9));
  });
});
