import "@/app/global.css";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { createActiveApp } from "@/testing/createTestApp";
import { aReport, offline } from "@/testing/facts";
import { TestProviders } from "@/testing/TestProviders";
import { App } from "./App";

beforeEach(() => {
  window.location.hash = "";
});
afterEach(() => {
  document.title = "";
});

async function show(route: string) {
  window.location.hash = route;
  const app = await createActiveApp();
  const screen = await render(
    <TestProviders app={app}>
      <App config={{ defaultHomeserver: "example.org", homeserver: null, oauthClientIds: {} }} />
    </TestProviders>,
  );
  await expect.element(screen.getByRole("heading", { level: 1 })).toBeVisible();
  /** Everything that is said politely anywhere on the page, as it changes. */
  const heard: string[] = [];
  const listen = new MutationObserver((changes) => {
    for (const { target } of changes) {
      const element = target instanceof Element ? target : target.parentElement;
      const live = element?.closest("[aria-live=polite]");
      if (live?.textContent) heard.push(live.textContent);
    }
  });
  listen.observe(document.body, { subtree: true, childList: true, characterData: true });
  app.restore.start();
  await vi.waitFor(() => expect(app.live.restore.runs).toHaveLength(1));
  const run = app.live.restore.last;
  const hears = (message: string | RegExp) =>
    vi.waitFor(() => expect(heard.at(-1)).toMatch(message));
  return { app, screen, run, heard, hears };
}

const titleIs = (title: string) => vi.waitFor(() => expect(document.title).toBe(title));

describe("a restore, whatever screen is shown", () => {
  it("is told of in the title, until its end was seen", async () => {
    const { run, screen } = await show("#/rooms");
    await titleIs("0 % restored – Rooms – Key Backup");
    run.progress({ received: 42, imported: 42 });
    await titleIs("42 % restored – Rooms – Key Backup");
    window.location.hash = "#/";
    await titleIs("42 % restored – Overview – Key Backup");
    run.end({ kind: "completed", report: aReport({ received: 100, imported: 100 }) });
    await titleIs("Restore done – Overview – Key Backup");
    window.location.hash = "#/restore";
    await expect.element(screen.getByTestId("restore-summary")).toBeVisible();
    await titleIs("Restore history – Key Backup");
    window.location.hash = "#/rooms";
    await titleIs("Rooms – Key Backup");
  });

  it("says that it is paused, and that it was interrupted", async () => {
    const { app, run } = await show("#/rooms");
    app.restore.pause();
    await titleIs("Restore paused – Rooms – Key Backup");
    app.restore.resume();
    await vi.waitFor(() => expect(app.live.restore.runs).toHaveLength(2));
    expect(run.signal.aborted).toBe(true);
    app.live.restore.last.end({ kind: "failed", report: aReport(), error: offline });
    await titleIs("Restore interrupted – Rooms – Key Backup");
  });

  it("is told to listeners now and then: its start, each ten percent, a wait, its end", async () => {
    const { run, heard, hears, screen } = await show("#/rooms");
    await hears(/^Restore started$/);
    for (let done = 1; done <= 12; done++) {
      run.progress({ stage: "downloading", received: done, imported: done });
    }
    await hears(/^10 percent of the keys processed$/);
    run.progress({ waiting: { error: offline, ms: 3_000 } });
    await hears(/^The connection broke: trying again in 3 seconds$/);
    run.progress({ waiting: null, received: 25, imported: 25 });
    await hears(/^20 percent/);
    run.end({ kind: "completed", report: aReport({ received: 100, imported: 98, already: 2 }) });
    await hears(/^Restore done\. .*98 newly stored \+ 2 already here \+ 0 failed\.$/);
    expect(heard).toEqual([...new Set(heard)]);
    // Told once, and not left lying in the page.
    window.location.hash = "#/manage";
    await expect.element(screen.getByRole("heading", { name: "Manage" })).toBeVisible();
    expect(document.body.textContent).not.toContain("Restore done.");
  });

  it("says nothing twice when the screens change, or what the restore screen says by an alert", async () => {
    const { run, heard, screen, hears } = await show("#/restore");
    await hears(/^Restore started$/);
    window.location.hash = "#/rooms";
    await titleIs("0 % restored – Rooms – Key Backup");
    window.location.hash = "#/restore";
    await titleIs("0 % restored – Restore history – Key Backup");
    run.end({ kind: "failed", report: aReport(), error: offline });
    await expect.element(screen.getByRole("alert")).toBeVisible();
    window.location.hash = "#/rooms";
    await titleIs("Restore interrupted – Rooms – Key Backup");
    expect(heard.filter((text) => text.includes("Restore"))).toEqual(["Restore started"]);
    expect(heard.filter((text) => text.includes("interrupted"))).toEqual([]);
  });

  it("says on another screen that it was interrupted, and why", async () => {
    const { run, hears } = await show("#/rooms");
    run.end({ kind: "failed", report: aReport({ received: 4, imported: 4 }), error: offline });
    await hears(/^The restore was interrupted: 4 of 100 room keys\. The homeserver cannot/);
  });
});
