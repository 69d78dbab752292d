import "@/app/global.css";
import axe from "axe-core";
import { afterEach, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import type { JournalEntry, JournaledChange } from "@/domain/changeJournal";
import { fail, ok } from "@/domain/result";
import { createActiveApp } from "@/testing/createTestApp";
import { TestProviders } from "@/testing/TestProviders";
import { UnfinishedChange } from "./UnfinishedChange";

afterEach(() => {
  window.history.replaceState(null, "", "#/");
});

const entryOf = (change: JournaledChange): JournalEntry => ({
  change,
  step: "secret",
  startedAt: 0,
  facts: {},
});

async function show(unfinished: Parameters<typeof ok<JournalEntry | null>>[0]) {
  const app = await createActiveApp((session) => {
    session.changes.unfinished = ok(unfinished);
  });
  return render(
    <TestProviders app={app}>
      <main>
        <h1>Overview</h1>
        <UnfinishedChange />
      </main>
    </TestProviders>,
  );
}

it.each([
  ["replace_backup", "#/manage/replace"],
  ["change_recovery_key", "#/manage/change-key"],
] as const)("%s that was not finished leads to where it goes on", async (change, place) => {
  const screen = await show(entryOf(change));
  const notice = screen.getByTestId("unfinished-change");
  await expect.element(notice).toHaveAttribute("data-change", change);
  await expect.element(notice).toHaveAttribute("data-step", "secret");
  expect((await axe.run(document.body)).violations).toEqual([]);
  await screen.getByRole("button", { name: "Continue or undo" }).click();
  expect(window.location.hash).toBe(place);
});

it("says nothing where nothing is unfinished, or where the journal cannot be read", async () => {
  const screen = await show(null);
  await expect.element(screen.getByText("Overview")).toBeVisible();
  expect(screen.getByTestId("unfinished-change").elements()).toEqual([]);
  await screen.unmount();
  const app = await createActiveApp((session) => {
    session.changes.unfinished = fail({ kind: "storage", reason: "unavailable" });
  });
  const again = await render(
    <TestProviders app={app}>
      <UnfinishedChange />
    </TestProviders>,
  );
  expect(again.getByTestId("unfinished-change").elements()).toEqual([]);
});
