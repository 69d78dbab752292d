import "@/app/global.css";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import type { DeviceStateInputs } from "@/domain/deviceState";
import type { AppError } from "@/domain/errors";
import { UNREAD } from "@/domain/reading";
import { emptyTally, type RestoreFailure, type RestoreTally } from "@/domain/restore";
import type { RestoreJob, RunningRestore } from "@/domain/restoreJob";
import {
  aBackup,
  aRunningRestore,
  aTally,
  backupVersion,
  failedReading,
  known,
  offline,
} from "@/testing/facts";
import { anOverview } from "@/testing/overview";
import { RestoreView } from "./RestoreView";

const version = backupVersion("4");

function running(tally: Partial<RestoreTally>, rest: Partial<RunningRestore> = {}): RestoreJob {
  return aRunningRestore({ version, tally: aTally(tally), ...rest });
}

function ended(tally: Partial<RestoreTally>, failures: readonly RestoreFailure[] = []): RestoreJob {
  return { kind: "finished", version, report: { tally: aTally(tally), failures } };
}

const noneFailed = emptyTally(0).failed;
const complete = ended({ expected: 2000, received: 2000, imported: 1950, already: 50 });
const incomplete = ended(
  {
    expected: 2010,
    received: 2000,
    imported: 1900,
    already: 95,
    failed: { ...noneFailed, undecryptable: 4, bad_room_id: 1 },
  },
  [
    ...["a", "b", "c"].map((sessionId) => ({
      roomId: "!many:example.org",
      sessionId,
      reason: "undecryptable" as const,
    })),
    { roomId: "!one:example.org", sessionId: "d", reason: "undecryptable" },
    {
      roomId: '<img src=x onerror="alert(1)">',
      sessionId: "secret-session",
      reason: "bad_room_id",
    },
  ],
);

const roomNames = new Map([["!kitchen:example.org", "Kitchen"]]);

async function show(
  job: RestoreJob,
  facts: Partial<DeviceStateInputs> = {},
  restoreFor: "replace" | null = null,
) {
  const actions = {
    start: vi.fn(),
    pause: vi.fn(),
    cancel: vi.fn(),
    resume: vi.fn(),
    dismiss: vi.fn(),
  };
  const overview = anOverview(facts);
  const view = (next: RestoreJob) => (
    <main>
      <RestoreView
        job={next}
        overview={overview}
        roomNames={roomNames}
        restoreFor={restoreFor}
        {...actions}
      />
    </main>
  );
  const screen = await render(view(job));
  return {
    screen,
    actions,
    update: (next: RestoreJob) => screen.rerender(view(next)),
    bar: screen.getByTestId("restore-progress"),
    summary: screen.getByTestId("restore-summary"),
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

describe("before", () => {
  const lastRestore = {
    version: backupVersion("1"),
    at: Date.UTC(2026, 4, 20, 12),
    imported: 1990,
    already: 10,
    failed: 0,
    missing: 0,
    keysPerSecond: null,
  };

  it("says how much there is and starts with one press", async () => {
    const { screen, button, actions } = await show(
      { kind: "idle" },
      { backup: known(aBackup({ count: 2000 })) },
    );
    await expect.element(screen.getByText("2,000")).toBeVisible();
    expect(screen.getByText(/This may take/).elements()).toEqual([]);
    await button("Restore history").click();
    expect(actions.start).toHaveBeenCalledOnce();
  });

  it("estimates the time of a large backup", async () => {
    const { screen } = await show({ kind: "idle" }, { backup: known(aBackup({ count: 100_000 })) });
    await expect.element(screen.getByText(/^About 84 MB to download/)).toBeVisible();
    await expect.element(screen.getByText(/This may take 40 seconds or more/)).toBeVisible();
  });

  it("estimates it by the last restore on this device, also of another backup", async () => {
    const { screen } = await show(
      { kind: "idle" },
      {
        backup: known(aBackup({ count: 100_000, version })),
        lastRestore: { ...lastRestore, keysPerSecond: 800 },
      },
    );
    await expect.element(screen.getByText(/This may take 2 minutes, by the speed/)).toBeVisible();
  });

  const whole = { backup: known(aBackup({ count: 2000 })), lastRestore };

  it("says so when everything was restored already, and does not urge to do it again", async () => {
    const { screen, button, actions } = await show(
      { kind: "idle" },
      { ...whole, roomKeys: known({ total: 2000, backedUp: 2000 }) },
    );
    await expect
      .element(screen.getByText(/^All keys of backup version 1 were restored on May 20, 2026/))
      .toBeVisible();
    await expect
      .element(button("Restore history"))
      .toHaveAttribute("class", expect.stringContaining("secondary"));
    await button("Restore history").click();
    expect(actions.start).toHaveBeenCalledOnce();
  });

  it.each<[string, Partial<DeviceStateInputs>]>([
    ["fewer keys are here", { ...whole, roomKeys: known({ total: 1999, backedUp: 1999 }) }],
    ["another version was restored", { ...whole, backup: known(aBackup({ count: 9, version })) }],
  ])("invites to restore when %s", async (_, facts) => {
    const { screen, button } = await show({ kind: "idle" }, facts);
    await expect
      .element(button("Restore history"))
      .toHaveAttribute("class", expect.stringContaining("primary"));
    expect(screen.getByText(/restored on/).elements()).toEqual([]);
  });

  it("offers to resume what an earlier visit did not end", async () => {
    const { screen, button, buttons, actions } = await show(
      { kind: "interrupted", version: backupVersion("1") },
      { backup: known(aBackup({ count: 2000 })) },
    );
    await expect.element(screen.getByText("A restore was interrupted")).toBeVisible();
    await expect.element(screen.getByText(/Keys that came in are still here/)).toBeVisible();
    expect(buttons()).toEqual(["Resume", "Cancel"]);
    await button("Resume").click();
    await button("Cancel").click();
    expect(actions.resume).toHaveBeenCalledOnce();
    expect(actions.cancel).toHaveBeenCalledOnce();
  });

  it("does not offer to resume what belonged to another backup", async () => {
    const { buttons, screen } = await show({ kind: "interrupted", version });
    await expect.element(screen.getByRole("button", { name: "Restore history" })).toBeVisible();
    expect(buttons()).toEqual(["Restore history"]);
  });

  const instead: [string, Partial<DeviceStateInputs>, string[], RegExp][] = [
    [
      "no backup",
      { backup: known(null), trust: UNREAD },
      ["Set up backup"],
      /no backup to restore/,
    ],
    ["an unknown state", { backup: failedReading, trust: UNREAD }, ["Retry"], /Could not check/],
    ["no answer yet", { backup: UNREAD, trust: UNREAD }, [], /Looking for the backup/],
    [
      "a locked backup",
      { trust: known({ signature: "trusted", key: "absent" }) },
      ["Enter recovery key"],
      /locked on this device/,
    ],
    ["zero keys", { backup: known(aBackup({ count: 0 })) }, [], /The backup is empty/],
  ];

  it.each(instead)("with %s offers what comes first", async (_, facts, names, words) => {
    const { screen, buttons } = await show({ kind: "idle" }, facts);
    await expect.element(screen.getByText(words)).toBeVisible();
    expect(buttons()).toEqual(names);
  });
});

describe("while it runs", () => {
  it("exposes a progress bar with its numbers", async () => {
    const { bar, screen } = await show(
      running(
        {
          expected: 2000,
          received: 600,
          imported: 480,
          already: 20,
          failed: { ...noneFailed, malformed: 3 },
          bytes: 505_200,
          bytesTotal: 1_684_000,
        },
        {
          keysPerSecond: 1_630,
          bytesPerSecond: 1_400_000,
          secondsLeft: 12,
          readyRooms: new Set(["!kitchen:example.org", "!hall:example.org"]),
        },
      ),
    );
    for (const [name, value] of [
      ["role", "progressbar"],
      ["aria-valuenow", "503"],
      ["aria-valuemax", "2000"],
      ["aria-valuetext", "503 of 2,000 room keys, 3 failed"],
      ["data-stage", "downloading"],
      ["data-total", "2000"],
      ["data-done", "503"],
      ["data-failed", "3"],
      ["data-bytes", "505200"],
      ["data-rooms-ready", "2"],
    ] as const) {
      await expect.element(bar).toHaveAttribute(name, value);
    }
    for (const words of [
      "505.2 kB of 1.7 MB, 1.4 MB per second",
      "1,600 keys per second",
      "About 15 seconds",
      "Downloading and decrypting keys…",
    ]) {
      await expect.element(screen.getByText(words)).toBeVisible();
    }
  });

  it("says that it goes through what is here when it was resumed, in numbers of this run", async () => {
    const { screen, bar, update } = await show(running({ stage: "opening" }, { resumed: true }));
    await expect.element(screen.getByText(/^Resuming: .* already here are skipped/)).toBeVisible();
    await update(running({ received: 40, already: 40 }, { resumed: true }));
    await expect
      .element(screen.getByText("Going through what is already here: 40 keys…"))
      .toBeVisible();
    await expect.element(bar).toHaveAttribute("data-done", "40");
  });

  it("names the room that comes in, or shows its id as plain text", async () => {
    const at = (currentRoomId: string | null) => running({ received: 1, currentRoomId });
    const { screen, update } = await show(at("!kitchen:example.org"));
    await expect.element(screen.getByText("Kitchen", { exact: true })).toBeVisible();
    const odd = `<img src=x>\u202E${"x".repeat(500)}`;
    await update(at(odd));
    const shown = screen.getByText(/^<img src=x>/);
    await expect.element(shown).toBeVisible();
    expect(shown.element().tagName).toBe("BDI");
    expect(shown.element().textContent).toHaveLength(120);
    expect(screen.container.querySelector("img")).toBeNull();
  });

  it("says that the rooms used last come first", async () => {
    const { screen, bar } = await show(running({ stage: "first_rooms" }));
    await expect.element(screen.getByText(/^Restoring the rooms you used last/)).toBeVisible();
    await expect.element(bar).toHaveAttribute("data-stage", "first_rooms");
  });

  it("counts a wait down where it can be seen, and leaves listeners in peace", async () => {
    const waiting = { error: { kind: "rate_limited", retryAfterMs: 12_000 }, ms: 12_000 } as const;
    const at = (waitLeftMs: number) => running({ waiting }, { waitLeftMs });
    const { screen, update } = await show(at(12_000));
    const wait = screen.getByTestId("restore-wait");
    await expect.element(wait).toHaveAttribute("data-code", "rate_limited");
    await expect.element(wait).toMatchTextContent("trying again in 12 seconds");
    await update(at(2_400));
    await expect.element(wait).toMatchTextContent("trying again in 3 seconds");
    expect(wait.element().closest("[role=status], [role=alert], [aria-live]")).toBeNull();
    await update(running({}));
    await expect.element(wait).not.toBeInTheDocument();
  });

  it("never takes the bar back, and never calls done what is not", async () => {
    const more = running({ expected: 100, received: 150, imported: 80 }, { share: 0.8 });
    const { bar, screen } = await show(more);
    await expect.element(bar).toHaveAttribute("aria-valuenow", "120");
    await expect.element(bar).toHaveAttribute("data-done", "80");
    await expect.element(screen.getByText("80 of 150 room keys")).toBeVisible();
  });

  it("does not guess a pace", async () => {
    const { screen } = await show(running({ stage: "opening" }));
    await expect.element(screen.getByText("Measuring…")).toBeVisible();
    await expect.element(screen.getByText("Estimating…")).toBeVisible();
  });

  it("can be paused and cancelled with the keyboard", async () => {
    const { actions, bar } = await show(running({}));
    await expect.element(bar).toBeVisible();
    await userEvent.tab();
    await userEvent.keyboard("{Enter}");
    await userEvent.tab();
    await userEvent.keyboard("{Enter}");
    expect(actions.pause).toHaveBeenCalledOnce();
    expect(actions.cancel).toHaveBeenCalledOnce();
  });

  it("never shows more done than there is, when the server sends more than it counted", async () => {
    const { bar } = await show(running({ expected: 10, received: 12, imported: 12 }));
    await expect.element(bar).toHaveAttribute("aria-valuemax", "12");
    await expect.element(bar).toHaveAttribute("data-done", "12");
  });
});

describe("stopped short", () => {
  const report = { tally: aTally({ received: 40, imported: 30, already: 10 }), failures: [] };

  it("by a pause: what is in stays, and it can go on", async () => {
    const { screen, button, actions } = await show({ kind: "paused", version, report });
    await expect
      .element(screen.getByText(/40 keys of the backup are on this device/))
      .toBeVisible();
    await expect.element(screen.getByRole("row", { name: "Not downloaded yet 60" })).toBeVisible();
    await expect
      .element(screen.getByText(/Resuming downloads the backup again; keys .* without work/))
      .toBeVisible();
    await button("Resume").click();
    await button("Cancel").click();
    expect(actions.resume).toHaveBeenCalledOnce();
    expect(actions.cancel).toHaveBeenCalledOnce();
  });

  it("by a fault right after it went on: what came before is here all the same", async () => {
    const nothing = { tally: aTally(), failures: [] };
    const { screen } = await show({
      kind: "failed",
      version,
      report: nothing,
      error: offline,
      keptBefore: 40,
    });
    await expect.element(screen.getByText(/40 keys .* stay here/)).toBeVisible();
    expect(screen.container.textContent).not.toContain("No key was stored");
    await expect.element(screen.getByText(/since it was resumed/)).toBeVisible();
  });

  it("by a fault: says which, what was kept, and offers to retry", async () => {
    const { screen, button, actions } = await show({
      kind: "failed",
      version,
      report,
      error: offline,
    });
    const error = screen.getByTestId("error");
    await expect.element(error).toHaveAttribute("data-code", "network");
    await expect.element(error).toMatchTextContent("goes on by itself");
    await expect.element(screen.getByText(/40 keys .* stay here/)).toBeVisible();
    await button("Retry").click();
    expect(actions.resume).toHaveBeenCalledOnce();
  });
});

describe("the way on from a fault", () => {
  const report = { tally: aTally({ received: 40, imported: 30, already: 10 }), failures: [] };

  it.each<[AppError, string[], boolean]>([
    [{ kind: "storage", reason: "quota" }, ["Retry", "Cancel"], true],
    [{ kind: "storage", reason: "unavailable" }, ["Reload", "Retry", "Cancel"], true],
    [{ kind: "worker_crashed" }, ["Retry", "Cancel"], true],
    [{ kind: "decryption_key", reason: "absent" }, ["Enter recovery key", "Retry", "Cancel"], true],
    [{ kind: "no_backup" }, ["Look at the current state"], false],
    [
      { kind: "backup_changed", expected: version, actual: backupVersion("5") },
      ["Look at the current state"],
      false,
    ],
  ])("%j", async (error, names, resumes) => {
    const { screen, buttons, button, actions } = await show({
      kind: "failed",
      version,
      report,
      error,
    });
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", error.kind);
    await expect.element(screen.getByText(/40 keys .* stay here/)).toBeVisible();
    expect(buttons()).toEqual(names);
    expect(screen.getByText(/Resuming downloads/).elements()).toHaveLength(resumes ? 1 : 0);
    await button(names.at(-1) ?? "").click();
    expect(actions.cancel).toHaveBeenCalledOnce();
  });
});

describe("at the end", () => {
  it.each([
    ["complete", complete],
    ["incomplete", incomplete],
  ])("%s: the exposed numbers add up", async (_, job) => {
    const { summary } = await show(job);
    await expect.element(summary).toBeVisible();
    const number = (name: string) => Number(summary.element().getAttribute(`data-${name}`));
    expect(number("total")).toBe(number("imported") + number("already") + number("failed"));
    expect(number("total")).toBe(2000);
  });

  it("shows them as a sum, in a table and in words", async () => {
    const { screen, summary } = await show(incomplete);
    for (const [term, number] of [
      ["Newly stored", "1,900"],
      ["Already here", "95"],
      ["Failed", "5"],
      ["Keys processed", "2,000"],
      ["Missing", "10"],
    ] as const) {
      const row = screen.getByRole("row", { name: new RegExp(`^${term}`) });
      await expect.element(row.getByRole("cell")).toMatchTextContent(new RegExp(`${number}$`));
    }
    // The table is the sum: it is not said a second time.
    expect(screen.getByText(/keys processed =/).elements()).toEqual([]);
    await expect.element(summary).toHaveAttribute("data-missing", "10");
    await expect.element(screen.getByText(/10 are missing/)).toBeVisible();
  });

  it("says below the sum what is behind its parts, and leaves the sum as it is", async () => {
    const { screen, summary } = await show(
      ended({
        expected: 2000,
        received: 2000,
        imported: 900,
        improved: 12,
        already: 1100,
        recalled: 1000,
        bytes: 5,
      }),
    );
    await expect.element(screen.getByText(/12 replace copies that opened fewer/)).toBeVisible();
    await expect
      .element(screen.getByText(/an earlier restore had dealt with 1,000;/))
      .toBeVisible();
    await expect.element(summary).toHaveAttribute("data-imported", "900");
    await expect.element(summary).toHaveAttribute("data-already", "1100");
    await expect.element(summary).toHaveAttribute("data-total", "2000");
  });

  it("says that nothing has changed when there was nothing to download", async () => {
    const { screen, button, actions } = await show(
      ended({ expected: 2000, received: 2000, already: 2000, recalled: 2000 }),
    );
    await expect
      .element(screen.getByText("Nothing has changed since the last restore"))
      .toBeVisible();
    await expect.element(screen.getByText(/so nothing was downloaded/)).toBeVisible();
    await button("Done").click();
    expect(actions.dismiss).toHaveBeenCalledOnce();
  });

  it("gives no tick while something failed or is missing", async () => {
    const { screen, button, actions } = await show(incomplete);
    await expect
      .element(screen.getByText("1,995 of 2,010 room keys are on this device"))
      .toBeVisible();
    expect(screen.getByText(/^All/).elements()).toEqual([]);
    await button("Retry").click();
    expect(actions.start).toHaveBeenCalledOnce();
  });

  it("lists failures by reason and room, as plain text, worst room first", async () => {
    const { screen } = await show(incomplete);
    await screen.getByText("Why 5 keys failed").click();
    await expect.element(screen.getByText("Could not be decrypted: 4")).toBeVisible();
    const rooms = screen.container.querySelectorAll("bdi");
    expect([...rooms].map((room) => room.textContent)).toEqual([
      "!many:example.org",
      "!one:example.org",
      '<img src=x onerror="alert(1)">',
    ]);
    expect(screen.container.querySelector("img")).toBeNull();
  });

  it("writes a report without session ids", async () => {
    const { button } = await show(incomplete);
    const saved = new Promise<Blob>((resolve) => {
      vi.spyOn(URL, "createObjectURL").mockImplementationOnce((blob) => {
        resolve(blob as Blob);
        return "blob:nowhere";
      });
    });
    const clicked = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
    await button("Download report").click();
    const text = await (await saved).text();
    expect(clicked).toHaveBeenCalledOnce();
    expect(JSON.parse(text)).toMatchObject({
      backupVersion: "4",
      total: 2000,
      imported: 1900,
      improved: 0,
      already: 95,
      recalled: 0,
      failed: 5,
      missing: 10,
      rooms: [{ roomId: "!many:example.org", failed: 3 }, { failed: 1 }, { failed: 1 }],
    });
    expect(text).not.toContain("secret-session");
    vi.restoreAllMocks();
  });

  it("has a friendly word for an empty backup", async () => {
    const { summary, screen } = await show(ended({ expected: 0 }));
    await expect.element(summary).toHaveAttribute("data-total", "0");
    await expect.element(screen.getByText(/there was nothing to restore/)).toBeVisible();
    expect(screen.getByTestId("error").elements()).toEqual([]);
  });

  it("says what stays unreadable, and leads to the rooms", async () => {
    const { screen, actions, button } = await show(complete);
    await expect.element(screen.getByText(/never uploaded to this backup/)).toBeVisible();
    await expect
      .element(screen.getByRole("link", { name: "Rooms" }))
      .toHaveAttribute("href", "#/rooms");
    expect(screen.container.textContent).not.toMatch(/(?<!un)verified/i);
    await button("Done").click();
    expect(actions.dismiss).toHaveBeenCalledOnce();
  });

  it.each([
    ["Done", complete],
    ["Close", incomplete],
    ["Done", ended({ expected: 0 })],
  ])("%s leads to the overview, not to an invitation to begin again", async (name, job) => {
    window.location.hash = "#/restore";
    const { actions, button } = await show(job);
    await button(name).click();
    expect(window.location.hash).toBe("#/");
    expect(actions.dismiss).toHaveBeenCalledOnce();
  });
});

describe("for everybody", () => {
  const jobs: [string, RestoreJob][] = [
    ["idle", { kind: "idle" }],
    ["interrupted", { kind: "interrupted", version: backupVersion("1") }],
    ["running", running({ received: 10, imported: 10, currentRoomId: `!${"x".repeat(200)}` })],
    ["waiting", running({ waiting: { error: offline, ms: 9_000 } }, { waitLeftMs: 4_000 })],
    ["paused", { kind: "paused", version, report: { tally: aTally(), failures: [] } }],
    [
      "failed",
      { kind: "failed", version, report: { tally: aTally(), failures: [] }, error: offline },
    ],
    ["complete", complete],
    ["incomplete", incomplete],
  ];

  it.each(jobs)("%s passes axe and fits 320 pixels", async (_, job) => {
    await page.viewport(320, 640);
    const { screen } = await show(job);
    await expect.element(screen.getByRole("heading", { level: 1 })).toBeVisible();
    expect((await axe.run(screen.container)).violations).toEqual([]);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
    await page.viewport(414, 896);
  });
});

describe("a restore before a replacement", () => {
  it("leads back to it in one step once everything is here", async () => {
    const { screen, button, buttons, actions } = await show(complete, {}, "replace");
    expect(screen.getByTestId("restore-for").elements()).toEqual([]);
    expect(buttons()).toEqual(["Go on with Replace backup", "Done", "Download report"]);
    expect((await axe.run(document.body)).violations).toEqual([]);
    await button("Go on with Replace backup").click();
    expect(window.location.hash).toBe("#/manage/replace");
    expect(actions.dismiss).toHaveBeenCalledOnce();
  });

  it("leads back also where something failed, after the retry", async () => {
    const { button, buttons } = await show(incomplete, {}, "replace");
    expect(buttons().slice(0, 2)).toEqual(["Retry", "Go on with Replace backup"]);
    await button("Go on with Replace backup").click();
    expect(window.location.hash).toBe("#/manage/replace");
  });

  it("says what it is for until then, with a way back where none is running", async () => {
    const { screen, update } = await show({ kind: "idle" }, {}, "replace");
    const errand = screen.getByTestId("restore-for");
    const back = errand.getByRole("link", { name: "Back to Replace backup" });
    await expect.element(errand).toMatchTextContent("so that the new backup gets these keys");
    await expect.element(back).toHaveAttribute("href", "#/manage/replace");
    await update(running({ received: 5 }));
    await expect.element(errand).toBeVisible();
    expect(back.elements()).toEqual([]);
  });

  it("is not spoken of by a restore that is made for itself", async () => {
    const { screen, buttons, update } = await show({ kind: "idle" });
    expect(screen.getByText(/Replace backup/).elements()).toEqual([]);
    await update(complete);
    expect(buttons()).toEqual(["Done", "Download report"]);
  });
});
