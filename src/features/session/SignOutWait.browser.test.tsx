import "@/app/global.css";
import axe from "axe-core";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import type { AccountDevice } from "@/domain/accountDevices";
import { fail, ok } from "@/domain/result";
import { useKeyBackupOverview } from "@/state/hooks";
import { createActiveApp } from "@/testing/createTestApp";
import { aBackup, offline, readySecretStorage } from "@/testing/facts";
import type { FakeLiveSession } from "@/testing/FakeLiveSession";
import { TestProviders } from "@/testing/TestProviders";
import { SignOutDialog } from "./SignOutDialog";

function Session() {
  const { deviceState } = useKeyBackupOverview();
  const [leaving, setLeaving] = useState(true);
  return (
    <>
      <output aria-label="state">{deviceState}</output>
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
  const dialog = screen.getByRole("dialog");
  await expect.element(dialog).toBeVisible();
  const expectNoViolations = async (): Promise<void> => {
    const { violations } = await axe.run(dialog.element());
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  };
  return {
    app,
    live: app.live,
    dialog,
    expectNoViolations,
    risk: screen.getByTestId("sign-out-risk"),
    wait: screen.getByTestId("sign-out-wait"),
    lastDevice: screen.getByTestId("last-device"),
    button: (name: string) => screen.getByRole("button", { name, exact: true }),
  };
}

const device = (standing: AccountDevice["standing"]): AccountDevice => ({
  deviceId: standing,
  name: null,
  lastSeenAt: null,
  standing,
});

describe("signing out while keys wait for their upload", () => {
  it("waits with a bar that counts down, and turns safe by itself", async () => {
    const { live, risk, wait, button, expectNoViolations } = await show((session) => {
      session.keyBackup.roomKeys = ok({ total: 140, backedUp: 100 });
    });
    await expect.element(risk).toHaveAttribute("data-risk", "pending");
    await expect.element(wait).toHaveAttribute("aria-valuetext", "Waiting for 40 of 40 keys…");
    await expectNoViolations();
    live.emit({ kind: "upload_remaining", count: 12 });
    await expect.element(wait).toHaveAttribute("aria-valuetext", "Waiting for 12 of 40 keys…");
    await expect.element(wait).toHaveAttribute("aria-valuenow", "28");
    await expect.element(button("Sign out anyway")).toBeVisible();

    live.keyBackup.roomKeys = ok({ total: 140, backedUp: 140 });
    live.keyBackup.backup = ok(aBackup({ count: 140 }));
    live.emit({ kind: "upload_remaining", count: 0 });
    await expect.element(risk).toHaveAttribute("data-risk", "none");
    await expect.element(button("Sign out")).toBeVisible();
    expect(live.log).toEqual([]);
  });

  it("does not call it safe while the server counts fewer", async () => {
    const { risk } = await show((session) => {
      session.keyBackup.roomKeys = ok({ total: 140, backedUp: 140 });
    });
    await expect.element(risk).toHaveAttribute("data-risk", "unknown");
  });

  it("says why the upload stopped, and when it is tried again", async () => {
    const { live, dialog, button } = await show((session) => {
      session.keyBackup.roomKeys = ok({ total: 140, backedUp: 100 });
    });
    const at = Date.now();
    const problem = { status: 403, code: "M_FORBIDDEN" };
    live.emit({
      kind: "upload_attempt",
      attempt: { kind: "failed", at, problem, nextTryAt: at + 16_000 },
    });
    await expect.element(dialog).toMatchTextContent("The server answered 403 M_FORBIDDEN");
    await expect.element(dialog).toMatchTextContent(/Next try in 1\d seconds/);
    await button("Stay signed in").click();
    await expect.element(dialog).not.toBeInTheDocument();
    expect(live.log).toEqual([]);
  });

  it("says that the homeserver is out of reach, with how many wait", async () => {
    const { live, dialog } = await show((session) => {
      session.keyBackup.roomKeys = ok({ total: 140, backedUp: 100 });
      session.keyBackup.backup = fail(offline);
    });
    live.emit({ kind: "sync", state: "offline" });
    await expect.element(dialog).toMatchTextContent("The homeserver cannot be reached");
    await expect.element(dialog).toMatchTextContent("40 room keys wait for the upload");
  });

  it("offers to keep the keys in a file", async () => {
    window.location.hash = "#/";
    const { button, dialog } = await show((session) => {
      session.keyBackup.roomKeys = ok({ total: 140, backedUp: 100 });
    });
    await button("Export keys").click();
    expect(window.location.hash).toBe("#/key-file");
    await expect.element(dialog).not.toBeInTheDocument();
  });
});

describe("who can read the history afterwards", () => {
  it.each([
    [ok([device("verified")]), "verified", "You have 1 other verified device"],
    [ok([]), "none", "the last device that can read your history"],
    [ok([device("no_encryption")]), "none", "only your recovery key opens your history"],
    [ok([device("unverified")]), "others", "Your other device is not verified"],
    [fail(offline), "unknown", "is not known"],
  ] as const)("%j: %s", async (devices, kind, words) => {
    const { risk, lastDevice, expectNoViolations } = await show((session) => {
      session.accountDevices.devices = devices;
    });
    await expect.element(risk).toHaveAttribute("data-risk", "none");
    await expect.element(lastDevice).toHaveAttribute("data-kind", kind);
    await expect.element(lastDevice).toMatchTextContent(words);
    await expectNoViolations();
  });

  it("is the worst for the last device without a recovery key", async () => {
    const { lastDevice, risk, button } = await show((session) => {
      session.accountDevices.devices = ok([]);
      session.keyBackup.secretStorage = ok({ ...readySecretStorage, backupKeyStored: false });
    });
    await expect.element(risk).toHaveAttribute("data-risk", "no_recovery");
    await expect.element(lastDevice).toMatchTextContent("can never be read again");
    await expect.element(button("Sign out anyway")).toBeVisible();
  });
});
