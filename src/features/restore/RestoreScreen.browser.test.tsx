import "@/app/global.css";
import { describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { ok } from "@/domain/result";
import { emptyTally } from "@/domain/restore";
import { createActiveApp } from "@/testing/createTestApp";
import { aBackup, aReport, offline } from "@/testing/facts";
import { TestProviders } from "@/testing/TestProviders";
import { RestoreScreen } from "./RestoreScreen";

async function show() {
  const app = await createActiveApp((session) => {
    session.keyBackup.backup = ok(aBackup({ count: 100 }));
  });
  const view = (
    <TestProviders app={app}>
      <RestoreScreen />
    </TestProviders>
  );
  const screen = await render(view);
  const button = (name: string) => screen.getByRole("button", { name, exact: true });
  await button("Restore history").click();
  await vi.waitFor(() => expect(app.live.restore.runs).toHaveLength(1));
  return { app, view, screen, button, run: app.live.restore.last };
}

describe("the restore on the real state layer", () => {
  it("goes on while the person is elsewhere", async () => {
    const { screen, view, run } = await show();
    run.progress({ stage: "downloading", received: 40, imported: 40, bytes: 33_680 });
    await expect.element(screen.getByTestId("restore-progress")).toHaveAttribute("data-done", "40");
    await screen.unmount();
    expect(run.signal.aborted).toBe(false);
    run.progress({ received: 60, imported: 60 });

    const back = await render(view);
    await expect.element(back.getByTestId("restore-progress")).toHaveAttribute("data-done", "60");
    run.end({ kind: "completed", report: aReport({ received: 100, imported: 97, already: 3 }) });
    const summary = back.getByTestId("restore-summary");
    await expect.element(summary).toHaveAttribute("data-total", "100");
    await expect.element(summary).toHaveAttribute("data-imported", "97");
    await expect.element(summary).toHaveAttribute("data-missing", "0");
  });

  it("pauses by stopping and resumes by running again", async () => {
    const { app, screen, button, run } = await show();
    run.progress({ received: 40, imported: 40 });
    await button("Pause").click();
    await expect.element(screen.getByText("Restore paused")).toBeVisible();
    expect(run.signal.aborted).toBe(true);
    await button("Resume").click();
    await vi.waitFor(() => expect(app.live.restore.runs).toHaveLength(2));
    await expect.element(screen.getByTestId("restore-progress")).toBeVisible();
  });

  it("cancels to where it began", async () => {
    const { button, run } = await show();
    await button("Cancel").click();
    await expect.element(button("Restore history")).toBeVisible();
    expect(run.signal.aborted).toBe(true);
  });

  it("says what failed and was kept, and retries", async () => {
    const { app, screen, button, run } = await show();
    run.end({
      kind: "failed",
      error: offline,
      report: aReport({
        received: 40,
        imported: 39,
        failed: { ...emptyTally(0).failed, malformed: 1 },
      }),
    });
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "network");
    await expect
      .element(screen.getByText(/39 keys of the backup are on this device/))
      .toBeVisible();
    await button("Retry").click();
    await vi.waitFor(() => expect(app.live.restore.runs).toHaveLength(2));
  });
});
