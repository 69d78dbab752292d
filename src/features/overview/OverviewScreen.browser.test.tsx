import "@/app/global.css";
import { afterEach, describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { fail, ok } from "@/domain/result";
import { createActiveApp } from "@/testing/createTestApp";
import { aBackup, backupVersion, offline } from "@/testing/facts";
import type { FakeLiveSession } from "@/testing/FakeLiveSession";
import { TestProviders } from "@/testing/TestProviders";
import { OverviewScreen } from "./OverviewScreen";

async function show(prepare?: (session: FakeLiveSession) => void) {
  const app = await createActiveApp(prepare);
  const screen = await render(
    <TestProviders app={app}>
      <OverviewScreen />
    </TestProviders>,
  );
  return {
    app,
    screen,
    headline: screen.getByTestId("device-state"),
    backup: screen.getByTestId("backup-state"),
    trust: screen.getByTestId("backup-trust"),
    button: (name: string) => screen.getByRole("button", { name, exact: true }),
  };
}

afterEach(() => {
  window.location.hash = "";
});

describe("the overview on the real state layer", () => {
  it("goes from checking to the truth without a wrong state in between", async () => {
    let release = () => {};
    const { headline, backup, screen } = await show((session) => {
      release = session.keyBackup.hold();
    });
    const seen: string[] = [];
    const note = () => {
      const state = screen.container.querySelector("[data-testid=device-state]");
      const name = state?.getAttribute("data-state") ?? "";
      if (seen.at(-1) !== name) seen.push(name);
    };
    const observer = new MutationObserver(note);
    observer.observe(screen.container, { subtree: true, attributes: true, childList: true });
    await expect.element(headline).toHaveAttribute("data-state", "checking");
    await expect.element(backup).toHaveAttribute("data-state", "unknown");
    note();
    release();
    await expect.element(headline).toHaveAttribute("data-state", "ok");
    await expect.element(backup).toHaveAttribute("data-state", "enabled");
    observer.disconnect();
    expect(seen).toEqual(["checking", "ok"]);
  });

  it("follows the SDK's events", async () => {
    const { app, backup, headline, trust } = await show();
    await expect.element(backup).toHaveAttribute("data-state", "enabled");

    app.live.emit({ kind: "upload_remaining", count: 17 });
    await expect.element(backup).toHaveAttribute("data-pending", "17");

    // The keys that wait are still here when they are counted after the failure.
    app.live.keyBackup.roomKeys = ok({ total: 117, backedUp: 100 });
    app.live.emit({ kind: "backup_failed", code: "M_LIMIT_EXCEEDED" });
    await expect.element(headline).toHaveAttribute("data-state", "upload_failing");

    app.live.keyBackup.trust = ok({ signature: "trusted", key: "absent" });
    app.live.emit({ kind: "decryption_key_cached", version: backupVersion("1") });
    await expect.element(trust).toHaveAttribute("data-key", "absent");
  });

  it("keeps the last values when the server fails, and finds back by checking again", async () => {
    const { app, backup, headline, button, screen } = await show((session) => {
      session.keyBackup.backup = ok(aBackup({ count: 2000 }));
      session.keyBackup.roomKeys = ok({ total: 2000, backedUp: 2000 });
    });
    await expect.element(backup).toHaveAttribute("data-count", "2000");

    app.live.keyBackup.backup = fail(offline);
    await button("Check again").click();
    await expect.element(headline).toHaveAttribute("data-state", "unknown");
    await expect.element(backup).toMatchTextContent("2,000");
    await expect.element(backup).not.toHaveAttribute("data-count");
    expect(button("Set up backup").elements()).toEqual([]);

    app.live.keyBackup.backup = ok(aBackup({ count: 2001 }));
    app.live.keyBackup.roomKeys = ok({ total: 2001, backedUp: 2001 });
    await button("Check again").click();
    await expect.element(headline).toHaveAttribute("data-state", "ok");
    await expect.element(screen.getByText("2,001").first()).toBeVisible();
  });

  it("does not stay green when the connection is lost, and says once why", async () => {
    const { app, headline, backup } = await show();
    await expect.element(headline).toHaveAttribute("data-state", "ok");
    app.live.keyBackup.backup = fail(offline);
    app.live.emit({ kind: "sync", state: "offline" });
    await expect.element(headline).toHaveAttribute("data-state", "unknown");
    await expect.element(backup).toMatchTextContent("Offline");
    expect(headline.element().textContent.match(/cannot be reached/g)).toHaveLength(1);
    app.live.keyBackup.backup = ok(aBackup());
    app.live.emit({ kind: "sync", state: "live" });
    await expect.element(headline).toHaveAttribute("data-state", "ok");
  });

  it("tells of a backup deleted elsewhere, until that is put away", async () => {
    const { app, backup, screen, button } = await show();
    await expect.element(backup).toHaveAttribute("data-state", "enabled");
    app.live.keyBackup.backup = ok(null);
    app.live.keyBackup.activeVersion = ok(null);
    await button("Check again").click();
    await expect.element(backup).toHaveAttribute("data-state", "none");
    const notice = screen.getByTestId("backup-notice");
    await expect.element(notice).toHaveAttribute("data-kind", "disappeared");
    await button("That was me").click();
    await vi.waitFor(() => expect(notice.elements()).toEqual([]));
  });

  it("starts the restore and goes to it with one press", async () => {
    const { app, button } = await show((session) => {
      session.keyBackup.backup = ok(aBackup({ count: 2000 }));
    });
    await button("Restore history").click();
    expect(window.location.hash).toBe("#/restore");
    await vi.waitFor(() => expect(app.live.restore.runs).toHaveLength(1));
    expect(app.live.restore.last.request.expected).toBe(2000);
  });
});
