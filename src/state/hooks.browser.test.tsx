import { type ReactNode, useState } from "react";
import { describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { page } from "vitest/browser";
import { fail, ok } from "@/domain/result";
import { createActiveApp, createTestApp, type TestApp } from "@/testing/createTestApp";
import { aBackup, alice, backupVersion, offline } from "@/testing/facts";
import { TestProviders } from "@/testing/TestProviders";
import { useRestoreJob, useSessionActions } from "./actionHooks";
import { useInvalidateKeyBackup, useKeyBackupOverview, useLiveSession } from "./hooks";
import { useRooms } from "./roomHooks";
import { useSessionPhase } from "./sessionHooks";

function Overview() {
  const { deviceState, backupState, backup, pendingKeys, notice, ...rest } = useKeyBackupOverview();
  const version = "value" in backup ? (backup.value?.version ?? "none") : backup.status;
  return (
    <div>
      <output aria-label="device">{deviceState}</output>
      <output aria-label="backup">{`${backupState} ${version}`}</output>
      <output aria-label="pending">{String(pendingKeys)}</output>
      <output aria-label="notice">{notice?.kind ?? "none"}</output>
      <output aria-label="identity">{rest.crossSigning.status}</output>
      <button type="button" onClick={rest.checkAgain} disabled={rest.checking}>
        Check again
      </button>
    </div>
  );
}

function SessionId() {
  return <output aria-label="session">{useLiveSession().id}</output>;
}

function Screen() {
  const phase = useSessionPhase();
  const { signOut } = useSessionActions();
  return (
    <>
      <output aria-label="phase">{phase.kind}</output>
      {phase.kind === "active" ? <SessionId /> : null}
      <Overview />
      <button type="button" onClick={() => void signOut()}>
        Sign out
      </button>
    </>
  );
}

function Rooms() {
  const { rooms, keyCounts, countKeys } = useRooms();
  const counts = "value" in keyCounts ? [...keyCounts.value].join(" ") : keyCounts.status;
  return (
    <>
      <output aria-label="rooms">{rooms.status}</output>
      <output aria-label="counts">{counts}</output>
      <button type="button" onClick={countKeys}>
        Count
      </button>
    </>
  );
}

function Restore() {
  const { job, start, pause } = useRestoreJob();
  const invalidate = useInvalidateKeyBackup();
  const [done, setDone] = useState(false);
  return (
    <>
      <output aria-label="job">{job.kind}</output>
      <output aria-label="invalidated">{String(done)}</output>
      <button type="button" onClick={start}>
        Start
      </button>
      <button type="button" onClick={pause}>
        Pause
      </button>
      <button type="button" onClick={() => void invalidate().then(() => setDone(true))}>
        Invalidate
      </button>
    </>
  );
}

async function show(app: TestApp, children: ReactNode) {
  return render(<TestProviders app={app}>{children}</TestProviders>);
}
const says = (label: string) => expect.element(page.getByLabelText(label));

describe("useKeyBackupOverview", () => {
  it("goes from checking to the truth, and never believes account data before the first sync", async () => {
    const app = await createActiveApp(undefined, { synced: false });
    await show(app, <Screen />);
    await says("device").toHaveTextContent("checking");
    await says("backup").toHaveTextContent("unknown 1");
    expect(app.live.keyBackup.asked.readCrossSigning).toBe(0);
    expect(app.live.keyBackup.asked.readTrust).toBe(0);
    app.live.emit({ kind: "sync", state: "live" });
    await says("device").toHaveTextContent("ok");
    await says("backup").toHaveTextContent("enabled 1");
    await says("pending").toHaveTextContent("0");
    await says("session").toHaveTextContent(app.live.id);
  });

  it("says unknown when the server cannot be asked, and keeps what was known", async () => {
    const app = await createActiveApp();
    await show(app, <Screen />);
    await says("device").toHaveTextContent("ok");
    app.live.keyBackup.backup = fail(offline);
    await page.getByRole("button", { name: "Check again" }).click();
    await says("device").toHaveTextContent("unknown");
    await says("backup").toHaveTextContent("unknown 1");
  });

  it("says unknown, not none, when it was never answered", async () => {
    const app = await createActiveApp((session) => {
      session.keyBackup.backup = fail(offline);
    });
    await show(app, <Screen />);
    await says("device").toHaveTextContent("unknown");
    await says("backup").toHaveTextContent("unknown failed");
  });

  it("follows what another device did, and takes an event as a hint", async () => {
    const app = await createActiveApp();
    await show(app, <Screen />);
    await says("device").toHaveTextContent("ok");
    app.live.keyBackup.backup = ok(aBackup({ version: backupVersion("2"), publicKey: "other" }));
    app.live.keyBackup.trust = ok({ signature: "untrusted", key: "absent" });
    app.live.keyBackup.activeVersion = ok(null);
    app.live.emit({ kind: "backup_status", enabled: false });
    await says("backup").toHaveTextContent("untrusted 2");
    await says("device").toHaveTextContent("needs_recovery_key");
    await says("notice").toHaveTextContent("replaced");
    app.live.keyBackup.trust = ok({ signature: "trusted", key: "match" });
    app.live.keyBackup.activeVersion = ok(backupVersion("2"));
    app.live.emit({ kind: "decryption_key_cached", version: backupVersion("2") });
    await says("device").toHaveTextContent("ok");
    await says("notice").toHaveTextContent("none");
  });

  it("shows an upload's error and its end", async () => {
    const app = await createActiveApp();
    await show(app, <Screen />);
    await says("device").toHaveTextContent("ok");
    app.live.emit({ kind: "backup_failed", code: "M_LIMIT_EXCEEDED" });
    await says("device").toHaveTextContent("upload_failing");
    // A count that is under way may end after the report: both say the same.
    app.live.keyBackup.roomKeys = ok({ total: 104, backedUp: 100 });
    app.live.emit({ kind: "upload_remaining", count: 4 });
    await says("device").toHaveTextContent("ok");
    await says("pending").toHaveTextContent("4");
  });

  it("survives signing out while it is shown", async () => {
    const app = await createActiveApp();
    await show(app, <Screen />);
    await says("device").toHaveTextContent("ok");
    await page.getByRole("button", { name: "Sign out" }).click();
    await says("phase").toHaveTextContent("signed_out");
    await says("device").toHaveTextContent("signed_out");
    await says("identity").toHaveTextContent("unread");
  });

  it("is signed_out before anybody signed in", async () => {
    const app = createTestApp();
    await show(app, <Screen />);
    await says("device").toHaveTextContent("signed_out");
    app.session.start();
    await says("phase").toHaveTextContent("signed_out");
  });
});

describe("useRooms", () => {
  it("lists rooms at once and counts keys on demand", async () => {
    const app = await createActiveApp((session) => {
      session.rooms.counts = ok(new Map([["!r:x", 5]]));
    });
    await show(app, <Rooms />);
    await says("rooms").toHaveTextContent("known");
    await says("counts").toHaveTextContent("unread");
    expect(app.live.rooms.asked.countKeysByRoom).toBe(0);
    await page.getByRole("button", { name: "Count" }).click();
    await says("counts").toHaveTextContent("!r:x,5");
  });

  it("keeps the counts true after the screen was left", async () => {
    const app = await createActiveApp();
    const first = await show(app, <Rooms />);
    await page.getByRole("button", { name: "Count" }).click();
    await says("counts").toHaveTextContent("");
    await first.unmount();
    app.live.rooms.counts = ok(new Map([["!r:x", 9]]));
    await app.session.checkAgain();
    await show(app, <Rooms />);
    await says("counts").toHaveTextContent("!r:x,9");
  });
});

describe("useRestoreJob", () => {
  it("drives the job, which lives on when the component is gone", async () => {
    const app = await createActiveApp();
    const first = await show(app, <Restore />);
    await expect.poll(() => app.live.keyBackup.asked.readTrust).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Start" }).click();
    await says("job").toHaveTextContent("running");
    await first.unmount();
    await show(app, <Restore />);
    await says("job").toHaveTextContent("running");
    await page.getByRole("button", { name: "Pause" }).click();
    await says("job").toHaveTextContent("paused");
    await page.getByRole("button", { name: "Invalidate" }).click();
    await says("invalidated").toHaveTextContent("true");
  });
});

describe("without a session", () => {
  it("useLiveSession throws", async () => {
    const app = createTestApp(alice);
    await expect(show(app, <SessionId />)).rejects.toThrow("No session is open");
  });

  it("a missing provider is named", async () => {
    await expect(render(<Restore />)).rejects.toThrow("StoreContext is missing");
  });
});
