import "@/app/global.css";
import axe from "axe-core";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import { fail, ok } from "@/domain/result";
import { useKeyBackupOverview } from "@/state/hooks";
import { useSessionPhase } from "@/state/sessionHooks";
import { createActiveApp } from "@/testing/createTestApp";
import { backupVersion, offline } from "@/testing/facts";
import type { FakeLiveSession } from "@/testing/FakeLiveSession";
import { TestProviders } from "@/testing/TestProviders";
import { SignOutDialog } from "./SignOutDialog";

/** As in a session: the overview is on the page, and has its readings, before anybody leaves. */
function Session() {
  const { deviceState } = useKeyBackupOverview();
  const [leaving, setLeaving] = useState(false);
  return (
    <>
      <output aria-label="phase">{useSessionPhase().kind}</output>
      <output aria-label="state">{deviceState}</output>
      <button type="button" onClick={() => setLeaving(true)}>
        Leave
      </button>
      <SignOutDialog open={leaving} onOpenChange={setLeaving} />
    </>
  );
}

async function show(prepare?: (session: FakeLiveSession) => void) {
  const app = await createActiveApp(prepare);
  const screen = await render(
    <TestProviders app={app}>
      <Session />
    </TestProviders>,
  );
  await expect.element(screen.getByLabelText("state")).toHaveTextContent("ok");
  const button = (name: string) => screen.getByRole("button", { name, exact: true });
  return {
    app,
    screen,
    button,
    dialog: screen.getByRole("dialog"),
    keyBackup: app.live.keyBackup,
    leave: () => button("Leave").click(),
  };
}

describe("signing out, by a read of its own", () => {
  it("is safe when all of it was read just now", async () => {
    const { app, button, dialog, leave, screen } = await show();
    await leave();
    await expect.element(dialog).toMatchTextContent("Every room key on this device is in the");
    await button("Sign out").click();
    await expect.element(screen.getByLabelText("phase")).toHaveTextContent("signed_out");
    expect(app.live.log).toEqual(["signOut"]);
  });

  it("sees a backup that was deleted elsewhere a moment ago", async () => {
    const { button, dialog, keyBackup, leave } = await show();
    keyBackup.backup = ok(null);
    await leave();
    await expect.element(dialog).toMatchTextContent("There is no backup on the server.");
    await expect
      .element(dialog)
      .toMatchTextContent("100 room keys on this device are in no backup");
    await expect.element(button("Sign out anyway")).toBeVisible();
    expect(dialog.element().textContent).not.toContain("Every room key");
  });

  it.each([
    ["backup", fail(offline)],
    ["trust", fail(offline)],
    ["activeVersion", ok(backupVersion("0"))],
    ["roomKeys", fail(offline)],
    ["secretStorage", fail(offline)],
  ] as const)(
    "says that it is not known when the newest read of %s says so",
    async (name, answer) => {
      const { button, dialog, keyBackup, leave } = await show();
      Object.assign(keyBackup, { [name]: answer });
      await leave();
      await expect.element(dialog).toMatchTextContent("It is not known whether");
      await expect.element(button("Sign out anyway")).toBeVisible();
    },
  );

  it("offers to set up a backup first, and says nothing that its parts take back", async () => {
    window.location.hash = "#/";
    const { button, dialog, keyBackup, leave } = await show(({ accountDevices }) => {
      accountDevices.devices = ok([
        { deviceId: "PHONE", name: null, lastSeenAt: null, standing: "unverified" },
      ]);
    });
    keyBackup.roomKeys = ok({ total: 1, backedUp: 0 });
    keyBackup.backup = ok(null);
    await leave();
    await expect.element(dialog).toMatchTextContent("1 room key on this device is in no backup");
    await expect.element(dialog).toMatchTextContent("The same keys may be there");
    await expect.element(dialog).not.toMatchTextContent(/never|the backup,|have them/);
    expect((await axe.run(dialog.element())).violations.map(({ id }) => id)).toEqual([]);
    await button("Set up backup").click();
    expect(window.location.hash).toBe("#/set-up");
    await expect.element(dialog).not.toBeInTheDocument();
  });

  it("sees keys that arrived since they were counted last", async () => {
    const { dialog, keyBackup, leave } = await show();
    keyBackup.roomKeys = ok({ total: 103, backedUp: 100 });
    await leave();
    await expect.element(dialog).toMatchTextContent("3 room keys on this device are not in");
  });

  it("promises nothing of a server that cannot be reached, and says why it does not know", async () => {
    const { app, button, dialog, keyBackup, leave } = await show();
    keyBackup.backup = fail(offline);
    app.live.emit({ kind: "sync", state: "offline" });
    await leave();
    await expect.element(dialog).toMatchTextContent("It is not known whether");
    await expect.element(dialog).toMatchTextContent("That is why nothing can be checked");
    await expect.element(dialog).toMatchTextContent("stays in your account’s list");
    await expect.element(dialog).not.toMatchTextContent("removes this device from your account");
    await expect.element(button("Sign out anyway")).toBeVisible();
  });

  it("sees by its own read that the server is out of reach", async () => {
    const { dialog, keyBackup, leave } = await show();
    keyBackup.backup = fail(offline);
    await leave();
    await expect.element(dialog).toMatchTextContent("The homeserver cannot be reached");
    await expect.element(dialog).not.toMatchTextContent("removes this device from your account");
  });

  it("leads to what is missing of an earlier device, and begins on the safe button", async () => {
    window.location.hash = "#/";
    const { app, button, dialog, leave } = await show();
    app.live.emit({ kind: "carry_over", state: "incomplete", missing: ["identity"] });
    await leave();
    await expect.element(dialog).toMatchTextContent("the private keys of your identity");
    await expect.element(button("Stay signed in")).toHaveFocus();
    await button("Enter recovery key").click();
    expect(window.location.hash).toBe("#/unlock");
  });

  it("has no stop for the keyboard but its buttons, and goes round", async () => {
    const { app, button, leave } = await show();
    app.live.emit({ kind: "carry_over", state: "incomplete", missing: ["identity"] });
    await leave();
    const names = ["Stay signed in", "Sign out anyway", "Enter recovery key", "Export keys"];
    await expect.element(button("Export keys")).toBeVisible();
    for (const name of [...names, "Stay signed in"]) {
      await expect.element(button(name)).toHaveFocus();
      await userEvent.keyboard("{Tab}");
    }
    await expect.element(button("Sign out anyway")).toHaveFocus();
    await userEvent.keyboard("{Shift>}{Tab}{Tab}{Tab}{/Shift}");
    await expect.element(button("Enter recovery key")).toHaveFocus();
  });

  it("keeps its buttons in sight in a small window, with all of it in reach", async () => {
    await page.viewport(360, 560);
    const { button, dialog, keyBackup, leave } = await show(({ accountDevices }) => {
      accountDevices.devices = ok([]);
    });
    keyBackup.backup = ok(null);
    await leave();
    await expect.element(button("Export keys")).toBeInTheDocument();
    const { bottom } = button("Sign out anyway").element().getBoundingClientRect();
    expect(bottom).toBeLessThanOrEqual(560);
    expect(dialog.getByRole("heading").element().getBoundingClientRect().top).toBeGreaterThan(0);
    const words = dialog.getByText(/^Signing out removes this device/).element();
    words.scrollIntoView({ block: "start" });
    const end = button("Stay signed in").element().getBoundingClientRect().top;
    expect(words.getBoundingClientRect().bottom).toBeLessThanOrEqual(end);
    await page.viewport(414, 896);
  });

  it("says that it checks, claims nothing meanwhile, and keeps nobody waiting", async () => {
    const { app, button, dialog, keyBackup, leave, screen } = await show();
    const release = keyBackup.hold();
    await leave();
    await expect.element(dialog).toMatchTextContent("Checking whether every room key");
    expect(dialog.element().textContent).not.toMatch(/Every room key on this device is/);
    const { violations } = await axe.run(dialog.element());
    expect(violations.map(({ id }) => id)).toEqual([]);
    await button("Sign out anyway").click();
    await expect.element(screen.getByLabelText("phase")).toHaveTextContent("signed_out");
    expect(app.live.log).toEqual(["signOut"]);
    release();
  });

  it("does not take a read that began earlier for a fresh one", async () => {
    const { app, dialog, keyBackup, leave } = await show();
    const release = keyBackup.hold();
    void app.session.checkAgain();
    await vi.waitFor(() => expect(keyBackup.asked.fetchBackupInfo).toBeGreaterThan(1));
    const before = keyBackup.asked.fetchBackupInfo;
    await leave();
    await vi.waitFor(() => expect(keyBackup.asked.fetchBackupInfo).toBeGreaterThan(before));
    release();
    await expect.element(dialog).toMatchTextContent("Every room key on this device is in the");
  });

  it("reads anew each time it is asked for", async () => {
    const { button, dialog, keyBackup, leave } = await show();
    await leave();
    await expect.element(dialog).toMatchTextContent("Every room key on this device is in the");
    await button("Stay signed in").click();
    await expect.element(dialog).not.toBeInTheDocument();
    const release = keyBackup.hold();
    keyBackup.backup = ok(null);
    await leave();
    await expect.element(dialog).toMatchTextContent("Checking whether every room key");
    release();
    await expect.element(dialog).toMatchTextContent("There is no backup on the server.");
  });
});
