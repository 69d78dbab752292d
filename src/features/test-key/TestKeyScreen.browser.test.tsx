import "@/app/global.css";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { KeyEntryForm } from "@/features/unlock/KeyEntryForm";
import type { AppError } from "@/domain/errors";
import type { KeyEntry } from "@/domain/keyEntry";
import type { KeyTestPort, KeyTestReport } from "@/domain/keyTest";
import { encodeRecoveryKey } from "@/domain/recoveryKey";
import { fail, ok, type Result } from "@/domain/result";
import { createActiveApp } from "@/testing/createTestApp";
import { aBackup, alice, backupVersion, offline } from "@/testing/facts";
import { aKeyTestReport } from "@/testing/fakeKeyPorts";
import { TestProviders } from "@/testing/TestProviders";
import { TestKeyScreen } from "./TestKeyScreen";

const key = encodeRecoveryKey(new Uint8Array(32).fill(9));
const version = backupVersion("2");

type Run = {
  readonly kind: KeyEntry["kind"];
  readonly options: Parameters<KeyTestPort["run"]>[1];
  readonly answer: (result: Result<KeyTestReport, AppError>) => void;
};

/** The screen on the real state layer, with a test that answers when told to. */
async function show(prepare: Parameters<typeof createActiveApp>[0] = () => undefined) {
  const runs: Run[] = [];
  const app = await createActiveApp((session) => {
    session.keyBackup.backup = ok(aBackup({ count: 2000, version }));
    session.keyTest.run = (entry, options) => {
      const { promise, resolve } = Promise.withResolvers<Result<KeyTestReport, AppError>>();
      runs.push({ kind: entry.kind, options, answer: resolve });
      return promise;
    };
    prepare(session);
  });
  const screen = await render(
    <TestProviders app={app}>
      <main>
        <TestKeyScreen KeyForm={KeyEntryForm} />
      </main>
    </TestProviders>,
  );
  const button = (name: string) => screen.getByRole("button", { name, exact: true });
  const result = screen.getByTestId("key-test-result");
  const submit = async () => {
    await screen.getByLabelText("Recovery key", { exact: true }).fill(key);
    await button("Test recovery key").click();
    await vi.waitFor(() => expect(runs.length).toBeGreaterThan(0));
    const run = runs.at(-1);
    if (run === undefined) throw new Error("nothing runs");
    return run;
  };
  return { app, screen, runs, button, result, submit };
}

/** Goes all the way to a result. */
async function showResult(changes: Partial<KeyTestReport>) {
  const shown = await show();
  const run = await shown.submit();
  run.answer(ok(aKeyTestReport(changes)));
  await expect.element(shown.result).toBeVisible();
  return shown;
}

afterEach(() => {
  window.location.hash = "";
});

describe("a test of the saved key", () => {
  it("says what was proven, remembers when, and names the next step", async () => {
    const { app, result, screen, submit, button } = await show();
    await expect.element(screen.getByText("No test is known in this browser yet.")).toBeVisible();
    const run = await submit();
    expect(run.options.scope).toBe("sample");
    run.answer(ok(aKeyTestReport({ at: 1_000, backup: { kind: "fits", version } })));
    await expect.element(result).toHaveAttribute("data-result", "works");
    await expect.element(result).toHaveAttribute("data-version", "2");
    await expect.element(screen.getByText("Your saved key works")).toBeVisible();
    await expect
      .element(
        screen.getByText("It leads to the decryption key of backup version 2, the current one."),
      )
      .toBeVisible();
    await expect.element(screen.getByRole("heading", { level: 1 })).toHaveFocus();
    expect(app.memory.read(alice.userId).lastKeyTest).toEqual({
      at: 1_000,
      version: "2",
      result: "works",
      against: { keyId: "defaultKeyId", masterKey: "masterKeyOfAlice" },
    });
    expect(app.store.getState().lastKeyTest?.result).toBe("works");
    await expect
      .element(screen.getByRole("link", { name: "Back to the overview" }))
      .toHaveAttribute("href", "#/");
    await button("Test again").click();
    await expect
      .element(screen.getByTestId("last-key-test"))
      .toHaveAttribute("data-result", "works");
  });

  it("says before that there is no backup to try it on", async () => {
    const { screen } = await show((session) => {
      session.keyBackup.backup = ok(null);
    });
    await expect.element(screen.getByTestId("nothing-to-test")).toBeVisible();
    expect(screen.getByRole("checkbox").elements()).toEqual([]);
    expect((await axe.run(screen.container)).violations).toEqual([]);
  });

  it("can look at every key, tells how far it is, and can be stopped", async () => {
    const { screen, submit, button, result } = await show();
    await screen.getByRole("checkbox", { name: /every room key .*2,000 room keys/ }).click();
    const run = await submit();
    expect(run.options.scope).toBe("all");
    const bar = screen.getByTestId("key-test-progress");
    await expect.element(bar).toHaveAttribute("role", "progressbar");
    run.options.onProgress({ tested: 500, opened: 499, failed: 1 });
    await expect
      .element(bar)
      .toHaveAttribute("aria-valuetext", "500 of 2,000 room keys, 1 not decrypted");
    await button("Stop here").click();
    expect(run.options.stop.aborted).toBe(true);
    expect(run.options.signal.aborted).toBe(false);
    const entries = { tested: 500, opened: 499, failed: { undecryptable: 1 }, rooms: 7 };
    run.answer(
      ok(
        aKeyTestReport({
          entries: { ...entries, scope: "all", expected: 2000, endedBy: "stopped" },
        }),
      ),
    );
    await expect.element(result).toHaveAttribute("data-result", "partly");
    await expect.element(result).toHaveAttribute("data-failed", "1");
    await expect.element(screen.getByText(/499 were decrypted and 1 was not/)).toBeVisible();
    await expect.element(screen.getByText(/You stopped the test/)).toBeVisible();
    await expect.element(screen.getByText(/1: Could not be decrypted/)).toBeVisible();
  });

  it("ends when the person leaves, and nothing is remembered then", async () => {
    const { app, screen, submit } = await show();
    const run = await submit();
    await screen.unmount();
    expect(run.options.signal.aborted).toBe(true);
    run.answer(fail({ kind: "closed" }));
    expect(app.memory.read(alice.userId).lastKeyTest).toBeNull();
  });

  it("a wrong key is told at the field, and is no result to remember", async () => {
    const { app, screen, submit } = await show();
    const run = await submit();
    run.answer(fail({ kind: "recovery_key", problem: { reason: "does_not_match", keyId: "x" } }));
    await expect
      .element(screen.getByTestId("error"))
      .toMatchTextContent(/not the one of this account/);
    expect(app.memory.read(alice.userId).lastKeyTest).toBeNull();
  });

  it("a server that does not answer is told as that, with a retry", async () => {
    const { screen, submit, button, runs } = await show();
    (await submit()).answer(fail(offline));
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "network");
    await button("Retry").click();
    await vi.waitFor(() => expect(runs).toHaveLength(2));
  });

  it("takes a passphrase where the account uses one", async () => {
    const { screen, button, runs } = await show(({ keyEntry }) => {
      keyEntry.options = ok({ recoveryPassphrase: true, backupPassphrase: false });
    });
    await button("Use a passphrase").click();
    await screen.getByLabelText("Passphrase", { exact: true }).fill("a good phrase");
    await button("Test recovery key").click();
    await vi.waitFor(() => expect(runs).toHaveLength(1));
    expect(runs[0]?.kind).toBe("passphrase");
  });

  it("leaves no trace of the key in page, caches, store or memory", async () => {
    const { app } = await showResult({});
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
      app.memory.read(alice.userId),
      document.documentElement.outerHTML,
    ]);
    expect(kept).toContain("lastKeyTest");
    expect(kept).not.toContain(key.slice(0, 9));
    expect(kept).not.toContain(key.replaceAll(" ", "").slice(0, 9));
  });
});

describe("each outcome in its own words", () => {
  const older: Partial<KeyTestReport> = {
    backup: {
      kind: "does_not_fit",
      version,
      error: {
        kind: "recovery_key",
        problem: { reason: "older_backup", version: backupVersion("1"), of: "secret" },
      },
    },
    entries: null,
  };
  const cases: [string, Partial<KeyTestReport>, string, RegExp][] = [
    ["an older backup", older, "fails", /leads to an older backup: version 1/],
    [
      "no backup",
      { backup: { kind: "no_backup" }, entries: null },
      "partly",
      /server has no backup/,
    ],
    [
      "no identity behind it",
      { identity: "missing" },
      "partly",
      /identity are not stored behind it/,
    ],
    ["another identity", { identity: "differs" }, "partly", /keys of another identity/],
    [
      "the backup's own key",
      { openedBy: { kind: "decryption_key" }, identity: "not_reached" },
      "partly",
      /It opens the backup and nothing else/,
    ],
    [
      "another recovery key",
      { openedBy: { kind: "storage_key", keyId: "abcdefghij", name: "Spare", isDefault: false } },
      "works",
      /not the one it uses by default: Spare/,
    ],
  ];

  it.each(cases)("%s", async (_, changes, verdict, words) => {
    const { result, screen } = await showResult(changes);
    await expect.element(result).toHaveAttribute("data-result", verdict);
    await expect.element(result).toMatchTextContent(words);
    expect((await axe.run(screen.container)).violations).toEqual([]);
  });
});

it("passes axe as a form, while it runs and with an error", async () => {
  const { screen, submit } = await show();
  const violations = async () => (await axe.run(screen.container)).violations;
  await expect.element(screen.getByRole("checkbox")).toBeVisible();
  expect(await violations()).toEqual([]);
  const run = await submit();
  run.options.onProgress({ tested: 20, opened: 20, failed: 0 });
  expect(await violations()).toEqual([]);
  run.answer(fail({ kind: "recovery_key", problem: { reason: "does_not_match", keyId: "x" } }));
  await expect.element(screen.getByTestId("error")).toBeInTheDocument();
  expect(await violations()).toEqual([]);
});
