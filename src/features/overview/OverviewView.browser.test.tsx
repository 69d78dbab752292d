import "@/app/global.css";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import type { AppError } from "@/domain/errors";
import type { DeviceState, DeviceStateInputs } from "@/domain/deviceState";
import type { LastKeyTest } from "@/domain/keyTest";
import type { BackupNotice } from "@/domain/backupNotice";
import { UNREAD } from "@/domain/reading";
import type { RestoreJob } from "@/domain/restoreJob";
import type { KeyBackupOverview } from "@/state/hooks";
import {
  aBackup,
  aRunningRestore,
  aTally,
  backupVersion,
  failedReading,
  known,
  noIdentity,
  noSecretStorage,
  offline,
  readyIdentity,
  readySecretStorage,
  stale,
} from "@/testing/facts";
import { anOverview } from "@/testing/overview";
import { OverviewView } from "./OverviewView";

async function show(
  facts: Partial<DeviceStateInputs> = {},
  rest: Partial<KeyBackupOverview> = {},
  job: RestoreJob = { kind: "idle" },
) {
  const onRestore = vi.fn();
  const onTurnOn = vi.fn(() => Promise.resolve<AppError | null>(null));
  const overview = anOverview(facts, rest);
  const screen = await render(
    <main>
      <OverviewView overview={overview} job={job} onRestore={onRestore} onTurnOn={onTurnOn} />
    </main>,
  );
  return {
    screen,
    onRestore,
    onTurnOn,
    headline: screen.getByTestId("device-state"),
    backup: screen.getByTestId("backup-state"),
    trust: screen.getByTestId("backup-trust"),
    button: (name: string) => screen.getByRole("button", { name, exact: true }),
    buttons: () =>
      screen
        .getByRole("button")
        .elements()
        .map((button) => button.textContent),
  };
}

afterEach(() => {
  window.location.hash = "";
});

const noBackup = { backup: known(null), trust: UNREAD, activeVersion: known(null) };
const locked = known({ signature: "trusted", key: "absent" } as const);

const headlines: [DeviceState, Partial<DeviceStateInputs>, string[]][] = [
  ["checking", { syncedOnce: false, sync: "starting" }, ["Check again"]],
  ["unknown", { backup: failedReading, trust: UNREAD }, ["Check again"]],
  ["unknown", { backup: stale(null), trust: UNREAD }, ["Check again"]],
  [
    "verify_this_device",
    { crossSigning: known({ ...readyIdentity, deviceVerified: false }) },
    ["Enter recovery key", "Verify with another device", "Check again"],
  ],
  [
    "identity_needs_reset",
    {
      crossSigning: known({
        identityExists: true,
        deviceVerified: false,
        privateKeysHere: false,
        privateKeysInSecretStorage: false,
      }),
      secretStorage: known({ ...readySecretStorage, crossSigningKeysStored: false }),
    },
    ["Verify with another device", "Manage backup", "Check again"],
  ],
  [
    "default_key_lost",
    {
      crossSigning: known({
        identityExists: true,
        deviceVerified: false,
        privateKeysHere: false,
        privateKeysInSecretStorage: false,
      }),
      secretStorage: known({ ...noSecretStorage, underOtherKey: true }),
      trust: known({ signature: "untrusted", key: "absent" }),
    },
    ["Enter recovery key", "Verify with another device", "Check again"],
  ],
  [
    "default_key_lost",
    { secretStorage: known({ ...noSecretStorage, underOtherKey: true }) },
    ["Repair", "Check again"],
  ],
  [
    "set_up_recovery",
    { ...noBackup, crossSigning: known(noIdentity), secretStorage: known(noSecretStorage) },
    ["Set up backup", "Check again"],
  ],
  ["turn_on_key_storage", noBackup, ["Set up backup", "Check again"]],
  [
    "backup_turned_off",
    { ...noBackup, backupWish: known("off") },
    ["Set up backup", "Check again"],
  ],
  ["turned_off_here", { uploadOff: true }, ["Turn on", "Manage backup", "Check again"]],
  [
    "unsupported_backup",
    { backup: known(aBackup({ algorithm: "org.example" })) },
    ["Repair", "Replace backup", "Check again"],
  ],
  [
    "backup_untrusted",
    { trust: known({ signature: "untrusted", key: "mismatch" }), activeVersion: known(null) },
    ["Enter recovery key", "Verify with another device", "Check again"],
  ],
  [
    "needs_recovery_key",
    { trust: locked },
    ["Enter recovery key", "Verify with another device", "Check again"],
  ],
  [
    "backup_replaced",
    { trust: known({ signature: "trusted", key: "mismatch" }) },
    ["Enter recovery key", "Verify with another device", "Check again"],
  ],
  [
    "key_storage_out_of_sync",
    { secretStorage: known({ ...readySecretStorage, defaultKey: "broken" }) },
    ["Repair", "Check again"],
  ],
  ["upload_failing", { activeVersion: known(null) }, ["Check again"]],
  ["upload_failing", { serverShort: true }, ["Repair", "Replace backup", "Check again"]],
  [
    "restore_available",
    { backup: known(aBackup({ count: 2000 })) },
    ["Restore history", "Check again"],
  ],
  ["ok", {}, ["Check again"]],
];

describe("the headline", () => {
  it.each(headlines)("%s: one action, and checking again once", async (state, facts, names) => {
    const { headline, buttons, screen } = await show(facts);
    await expect.element(headline).toHaveAttribute("data-state", state);
    expect(screen.getByRole("heading", { level: 1 }).elements()).toHaveLength(1);
    expect(buttons()).toEqual(names);
  });

  it("does not call backed up what still waits", async () => {
    const { headline } = await show(
      { roomKeys: known({ total: 103, backedUp: 100 }) },
      { pendingKeys: 3 },
    );
    await expect.element(headline).toHaveAttribute("data-state", "ok");
    await expect.element(headline).toMatchTextContent("Backing up 3 room keys…");
    await expect.element(headline).not.toMatchTextContent("are backed up");
  });

  it("has no tick for a backup without a key on a device without keys", async () => {
    const { headline } = await show({
      backup: known(aBackup({ count: 0 })),
      roomKeys: known({ total: 0, backedUp: 0 }),
    });
    await expect.element(headline).toHaveAttribute("data-state", "ok");
    await expect.element(headline).toMatchTextContent("Backup is ready");
    await expect.element(headline).not.toMatchTextContent("are backed up");
  });

  it("says that nothing is taken when the upload stalls", async () => {
    const { headline } = await show({ uploadStalled: true }, { pendingKeys: 3 });
    await expect.element(headline).toHaveAttribute("data-state", "upload_failing");
    await expect.element(headline).toMatchTextContent("3 room keys on this device are not in");
    await expect.element(headline).toMatchTextContent("has not taken any of the waiting keys");
  });

  it("turns the upload of this device on again, and says why when that fails", async () => {
    const { button, headline, onTurnOn, screen } = await show({ uploadOff: true });
    onTurnOn.mockResolvedValueOnce(offline);
    await button("Turn on").click();
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "network");
    await button("Turn on").click();
    expect(onTurnOn).toHaveBeenCalledTimes(2);
    await expect.element(headline.getByRole("heading", { level: 1 })).toHaveFocus();
  });

  it("leads on with the keyboard", async () => {
    const { headline } = await show(noBackup);
    await expect.element(headline).toBeVisible();
    await userEvent.tab();
    await userEvent.keyboard("{Enter}");
    await vi.waitFor(() => expect(window.location.hash).toBe("#/set-up"));
  });

  it("starts the restore with one press", async () => {
    const { button, onRestore } = await show({ backup: known(aBackup({ count: 2000 })) });
    await button("Restore history").click();
    expect(onRestore).toHaveBeenCalledOnce();
  });

  it("lists what else was found below it", async () => {
    const { screen, headline } = await show({
      crossSigning: known({ ...readyIdentity, deviceVerified: false }),
      trust: locked,
      activeVersion: known(null),
    });
    await expect.element(headline).toHaveAttribute("data-state", "verify_this_device");
    await expect
      .element(screen.getByText(/^The backup’s key is not on this device:/))
      .toBeVisible();
    await expect.element(screen.getByText(/^The upload of new keys does not work:/)).toBeVisible();
  });

  it("does not offer the recovery key where it cannot help", async () => {
    const { buttons, screen } = await show({
      crossSigning: known({
        ...readyIdentity,
        deviceVerified: false,
        privateKeysInSecretStorage: false,
      }),
    });
    await expect.element(screen.getByText(/the recovery key alone cannot verify/)).toBeVisible();
    expect(buttons()).toEqual(["Verify with another device", "Check again"]);
  });
});

describe("numbers on the backup", () => {
  it("are there when the server was asked", async () => {
    const { backup } = await show(
      { backup: known(aBackup({ version: backupVersion("7"), count: 2000 }), Date.now()) },
      { pendingKeys: 12 },
    );
    await expect.element(backup).toHaveAttribute("data-version", "7");
    await expect.element(backup).toHaveAttribute("data-count", "2000");
    await expect.element(backup).toHaveAttribute("data-pending", "12");
    await expect.element(backup).toMatchTextContent("2,000");
    await expect.element(backup).toMatchTextContent("12 room keys waiting");
    await expect.element(backup).toMatchTextContent("Last checked just now");
  });

  it("are absent, not zero, before anything is known", async () => {
    const { backup, trust } = await show({
      backup: UNREAD,
      trust: UNREAD,
      activeVersion: UNREAD,
      roomKeys: UNREAD,
    });
    await expect.element(backup).toHaveAttribute("data-state", "unknown");
    for (const name of ["data-version", "data-count", "data-pending"]) {
      await expect.element(backup).not.toHaveAttribute(name);
    }
    await expect.element(backup).toMatchTextContent("Checking…");
    expect(backup.element().textContent).not.toMatch(/\d/);
    await expect.element(trust).toHaveAttribute("data-signature", "unknown");
    await expect.element(trust).not.toHaveAttribute("data-key");
  });

  it("are not said to be on their way when the backup could not be looked up", async () => {
    const { headline, trust } = await show({ backup: failedReading, trust: UNREAD });
    await expect.element(headline).not.toMatchTextContent("known before");
    await expect.element(trust).toMatchTextContent("Could not be checked.");
    await expect.element(trust).not.toMatchTextContent("Checking…");
  });

  it("stay on the page with their age when they cannot be read again", async () => {
    const hourAgo = Date.now() - 3_600_000;
    const { backup, headline, buttons } = await show({
      backup: stale(aBackup({ count: 2000 }), hourAgo),
    });
    await expect.element(headline).toHaveAttribute("data-state", "unknown");
    await expect.element(backup).not.toHaveAttribute("data-count");
    await expect.element(backup).toMatchTextContent("2,000");
    await expect.element(backup).toMatchTextContent("These are values of 1 hour ago");
    await expect.element(headline).toMatchTextContent("The homeserver cannot be reached");
    await expect.element(headline).toMatchTextContent("What was known before is shown below");
    expect(buttons()).toEqual(["Check again"]);
  });

  it("never offers set-up for a backup that could not be looked up", async () => {
    for (const reading of [failedReading, stale(null), UNREAD]) {
      const { buttons, screen, headline } = await show({ backup: reading, trust: UNREAD });
      await expect.element(headline).toBeVisible();
      expect(buttons()).not.toContain("Set up backup");
      await screen.unmount();
    }
  });

  it("say when the server is out of reach", async () => {
    const { backup } = await show({ sync: "offline" });
    await expect.element(backup).toMatchTextContent("Offline");
  });
});

describe("the upload queue", () => {
  it("counts what is uploaded", async () => {
    const uploadQueue = { kind: "uploading", done: 28, of: 40 } as const;
    const { screen } = await show({}, { pendingKeys: 12, uploadQueue });
    const bar = screen.getByRole("progressbar", { name: "Uploading keys" });
    await expect.element(bar).toHaveAttribute("aria-valuetext", "28 of 40 room keys uploaded");
    await expect.element(bar).toHaveAttribute("aria-valuenow", "28");
  });

  it("says why it stopped and counts down to the next try", async () => {
    const nextTryAt = Date.now() + 60_000;
    const problem = { status: 413, code: "M_TOO_LARGE" };
    const since = Date.now() - 600_000;
    const { screen } = await show(
      {},
      {
        pendingKeys: 40,
        uploadQueue: { kind: "stopped", reason: "failed", waiting: 40, problem, nextTryAt, since },
      },
    );
    const queue = screen.getByTestId("upload-queue");
    await expect.element(queue).toHaveAttribute("data-state", "stopped");
    await expect.element(queue).toHaveAttribute("data-next-try", String(nextTryAt));
    await expect.element(queue).toMatchTextContent("40 room keys wait. The server answered 413");
    await expect.element(queue).toMatchTextContent(/Next try in (60|59|58) seconds\./);
    await expect.element(queue).toMatchTextContent(/Next try in (58|57|56) seconds\./);
    await expect.element(queue).toHaveAttribute("data-since", String(since));
    await expect.element(queue).toMatchTextContent(/seen every try fail since .*\d:\d\d/);
  });

  it("is not green while the server counts fewer keys than there are here", async () => {
    const { headline } = await show({ backup: known(aBackup({ count: 99 })) });
    await expect.element(headline).toHaveAttribute("data-state", "ok");
    await expect.element(headline).toMatchTextContent("All room keys were uploaded");
    expect(headline.element().textContent).not.toContain("are backed up");
  });
});

describe("trust", () => {
  it("shows both facts side by side", async () => {
    const { trust } = await show({ trust: known({ signature: "untrusted", key: "match" }) });
    await expect.element(trust).toHaveAttribute("data-signature", "untrusted");
    await expect.element(trust).toHaveAttribute("data-key", "match");
    await expect.element(trust).toMatchTextContent(/Not trusted.*Fits/);
  });

  it("is left out where there is nothing to trust", async () => {
    const { trust, backup } = await show(noBackup);
    await expect.element(backup).toHaveAttribute("data-state", "none");
    expect(trust.elements()).toEqual([]);
  });
});

describe("a restore under way", () => {
  it("is told of, with the way back to it", async () => {
    const tally = aTally({ expected: 2000, received: 700, imported: 600, already: 23 });
    const { screen } = await show({}, {}, aRunningRestore({ tally }));
    await expect
      .element(screen.getByText(/^Restoring history: 623 of 2,000 room keys\./))
      .toBeVisible();
    await expect
      .element(screen.getByRole("link", { name: "Show restore" }))
      .toHaveAttribute("href", "#/restore");
  });

  it("is not mentioned once it has ended", async () => {
    const report = { tally: aTally(), failures: [] };
    const { screen, headline } = await show(
      {},
      {},
      { kind: "finished", version: backupVersion("1"), report },
    );
    await expect.element(headline).toBeVisible();
    expect(screen.getByTestId("restore-strip").elements()).toEqual([]);
  });
});

describe("details", () => {
  it("unfold with the keyboard and hold every fact", async () => {
    const { screen } = await show(
      { backup: known(aBackup({ etag: "<b>7</b>" })) },
      { uploadError: { code: "M_LIMIT_EXCEEDED", at: Date.now() } },
    );
    await expect.element(screen.getByText("<b>7</b>")).not.toBeVisible();
    screen.getByText("Details").element().closest("summary")?.focus();
    await userEvent.keyboard("{Enter}");
    for (const text of [
      "<b>7</b>",
      "m.megolm_backup.v1.curve25519-aes-sha2",
      "Yes, and it fits the backup",
      "Holds the backup key and the identity keys",
      "Verified by your identity",
      "On, to version 1",
      "M_LIMIT_EXCEEDED",
    ]) {
      await expect.element(screen.getByText(text)).toBeVisible();
    }
  });
});

describe("notices", () => {
  const before = {
    version: backupVersion("4"),
    publicKey: "one",
    count: 7,
    at: 0,
    earlier: [],
  };
  const now = { version: backupVersion("7"), publicKey: "two", count: 0 };

  it.each([
    [{ kind: "disappeared", before }, "Backup version 4 is no longer on the server", "#/"],
    [
      { kind: "replaced", before, now, signed: false },
      "Backup version 4 was replaced by version 7",
      "#/unlock",
    ],
    [
      { kind: "rolled_back", before, now, signed: false },
      "the older version 7 is back",
      "#/unlock",
    ],
    [
      { kind: "key_swapped", before, now, signed: false },
      "version 4 is locked with another key",
      "#/unlock",
    ],
  ] satisfies [BackupNotice, string, string][])(
    "say neutrally what changed; that was me accepts it and leads on: %o",
    async (notice, title, hash) => {
      window.location.hash = "#/";
      const dismissNotice = vi.fn();
      const { screen, button } = await show({}, { notice, dismissNotice });
      const shown = screen.getByTestId("backup-notice");
      await expect.element(shown).toMatchTextContent(title);
      await expect.element(shown).toHaveAttribute("data-kind", notice.kind);
      expect(screen.getByRole("alert").elements()).toEqual([]);
      await button("That was me").click();
      expect(dismissNotice).toHaveBeenCalledOnce();
      expect(window.location.hash).toBe(hash);
    },
  );

  it("are told by the headline where the recovery key is all that is missing: one box", async () => {
    const dismissNotice = vi.fn();
    const { screen, headline, buttons } = await show(
      { trust: known({ signature: "trusted", key: "mismatch" }) },
      { notice: { kind: "replaced", before, now, signed: true }, dismissNotice },
    );
    await expect.element(headline).toMatchTextContent("There is a newer backup");
    expect(screen.getByTestId("backup-notice").elements()).toHaveLength(1);
    expect(screen.container.textContent).not.toContain("out of sync");
    expect(buttons()).toEqual([
      "Enter recovery key",
      "Verify with another device",
      "It was not me",
      "Check again",
    ]);
    expect(dismissNotice).not.toHaveBeenCalled();
  });

  it("it was not me accepts nothing, and leads to advice", async () => {
    window.location.hash = "#/";
    const dismissNotice = vi.fn();
    const notice = { kind: "replaced", before, now, signed: false } as const;
    const { button } = await show({}, { notice, dismissNotice });
    await button("It was not me").click();
    expect(dismissNotice).not.toHaveBeenCalled();
    expect(window.location.hash).toBe("#/changed");
  });
});

describe("for everybody", () => {
  it.each(headlines)("%s passes axe", async (_, facts) => {
    const { headline, screen } = await show(facts, { pendingKeys: 3 });
    await expect.element(headline).toBeVisible();
    const { violations } = await axe.run(screen.container);
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  });

  it("fits 320 pixels, also with an unbroken version name", async () => {
    await page.viewport(320, 640);
    const { headline } = await show({
      backup: known(aBackup({ version: backupVersion("v".repeat(300)) })),
      activeVersion: known(backupVersion("v".repeat(300))),
    });
    await expect.element(headline).toBeVisible();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
    await page.viewport(414, 896);
  });
});

describe("the saved recovery key", () => {
  it("is not asked about where nothing is stored for one", async () => {
    const { trust } = await show({ secretStorage: known(noSecretStorage) });
    await expect.element(trust).toBeVisible();
    await expect.element(trust).not.toMatchTextContent(/recovery key that you saved/);
  });

  it("is said to be untested until it was, and the way to test it is there", async () => {
    const { trust, screen } = await show();
    await expect.element(trust).toMatchTextContent(/Does the recovery key that you saved still/);
    await screen.getByRole("link", { name: "Test recovery key" }).click();
    expect(window.location.hash).toBe("#/test-key");
    await screen.getByText("Details").click();
    await expect.element(screen.getByText("Never in this browser")).toBeVisible();
  });

  it("was tested, and the recovery key has changed since: the result is not repeated", async () => {
    const test: LastKeyTest = { at: Date.now(), version: null, result: "works", against: null };
    const { trust, screen } = await show({}, { doubtedKeyTest: { test, why: "recovery_key" } });
    await expect
      .element(trust)
      .toMatchTextContent(/last tested just now, but your recovery key has changed since/);
    await screen.getByText("Details").click();
    await expect.element(screen.getByText(/just now: your recovery key has changed/)).toBeVisible();
    expect(screen.container.textContent).not.toContain("it worked");
  });

  it("was tested: when, with which version and result", async () => {
    const lastKeyTest: LastKeyTest = {
      at: Date.now(),
      version: backupVersion("4"),
      result: "fails",
      against: null,
    };
    const { trust, screen } = await show({}, { lastKeyTest });
    await expect
      .element(trust)
      .toMatchTextContent(/last tested just now: it did not open the backup\./);
    await screen.getByText("Details").click();
    await expect.element(screen.getByText(/just now, version 4: it did not open/)).toBeVisible();
  });
});
