import "@/app/global.css";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import type { ReplaceOffer, ReplacePort } from "@/domain/changes";
import { fail, ok } from "@/domain/result";
import { backupVersion } from "@/testing/facts";
import { FakeReplace } from "@/testing/fakeChanges";
import { keyOf } from "@/testing/fakeSetUp";
import { ReplaceWizard } from "./ReplaceWizard";

const KEY = keyOf(1);
const offer: ReplaceOffer = {
  kind: "ready",
  version: backupVersion("1"),
  count: 1_200,
  held: 1_150,
  onlyInBackup: 50,
  oldKey: "here",
};
const unfinished = (newVersion: string | null) =>
  ok({
    kind: "unfinished",
    here: true,
    entry: {
      change: "replace_backup",
      step: "secret",
      startedAt: 0,
      facts: {
        oldVersion: "1",
        oldPublicKey: "pk",
        oldCount: 3,
        newPublicKey: "npk",
        newVersion,
        secretBefore: "pk",
      },
    },
  } as const);

beforeEach(() => {
  window.history.replaceState(null, "", "#/manage/replace");
});
afterEach(() => {
  window.history.replaceState(null, "", "#/");
});

async function show(replace: ReplacePort) {
  const calls: string[] = [];
  const screen = await render(
    <main>
      <h1>Replace backup</h1>
      <ReplaceWizard
        replace={replace}
        onChanged={async () => void calls.push("changed")}
        onRestoreFirst={(way) => calls.push(`restore first: ${way}`)}
        onClose={() => calls.push("closed")}
      />
    </main>,
  );
  const button = (name: string) => screen.getByRole("button", { name, exact: true });
  const dialog = screen.getByRole("dialog");
  const field = screen.getByLabelText("Recovery key", { exact: true });
  async function toKey(): Promise<void> {
    await button("Replace backup").click();
    await dialog.getByRole("button", { name: "Replace backup" }).click();
  }
  async function enter(text = KEY.text, submit = "Continue"): Promise<void> {
    await field.fill(text);
    await button(submit).click();
  }
  return { screen, button, dialog, field, calls, toKey, enter };
}

async function expectAccessible(): Promise<void> {
  expect((await axe.run(document.body)).violations).toEqual([]);
}

describe("before anything happens", () => {
  it("says what is only in the backup and offers to restore it first", async () => {
    const replace = new FakeReplace();
    const { screen, button, calls } = await show(replace);
    await expect
      .element(screen.getByTestId("only-in-backup"))
      .toMatchTextContent("50 keys are in the backup and not on this device");
    await expect.element(screen.getByTestId("replace-offer")).toHaveAttribute("data-only", "50");
    await expectAccessible();
    await button("Restore history first").click();
    expect(calls).toEqual(["restore first: restore"]);
    expect(replace.log).toEqual([]);
  });

  it("does not call unknown none", async () => {
    const replace = new FakeReplace();
    replace.planned = ok({ ...offer, onlyInBackup: null, oldKey: "maybe_stored" });
    const { screen, button, calls } = await show(replace);
    await expect
      .element(screen.getByTestId("only-in-backup"))
      .toMatchTextContent("could not be found");
    await button("Restore history first").click();
    expect(calls).toEqual(["restore first: unlock"]);
  });

  it("asks with the version and the number, and Keep changes nothing", async () => {
    const replace = new FakeReplace();
    replace.planned = ok({ ...offer, onlyInBackup: 0 });
    const { screen, button, dialog } = await show(replace);
    expect(screen.getByText("Restore history first").elements()).toEqual([]);
    await button("Replace backup").click();
    await expect.element(dialog).toMatchTextContent("Replace backup version 1 with 1,200 keys?");
    await expectAccessible();
    await dialog.getByRole("button", { name: "Keep it as it is" }).click();
    await expect.element(dialog).not.toBeInTheDocument();
    expect(replace.log).toEqual([]);
  });

  it.each([
    [ok({ kind: "no_backup" } as const), /There is no backup to replace/],
    [ok({ kind: "no_recovery", defaultKey: "absent" } as const), /no recovery key yet/],
    [ok({ kind: "no_recovery", defaultKey: "broken" } as const), /Recovery is damaged/],
  ])("has nothing to offer without backup or recovery", async (planned, words) => {
    const replace = new FakeReplace();
    replace.planned = planned;
    const { screen } = await show(replace);
    await expect.element(screen.getByText(words)).toBeVisible();
    expect(screen.getByRole("button", { name: "Replace backup" }).elements()).toEqual([]);
    await expectAccessible();
  });

  it("has a way on when the account cannot be read", async () => {
    const replace = new FakeReplace();
    replace.planned = fail({ kind: "network", detail: "" });
    const { screen, button } = await show(replace);
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "network");
    replace.planned = ok(offer);
    await button("Retry").click();
    await expect.element(button("Replace backup")).toBeVisible();
  });
});

describe("a replacement", () => {
  it("runs with the key, says done by the proof, and keeps the old backup by default", async () => {
    const replace = new FakeReplace();
    const { screen, button, toKey, enter, calls } = await show(replace);
    await toKey();
    await expect.element(screen.getByText("Enter your recovery key")).toBeVisible();
    await expectAccessible();
    await enter();
    await expect.element(screen.getByText("Your backup is replaced")).toBeVisible();
    await expect.element(screen.getByTestId("replace-proof")).toHaveAttribute("data-version", "2");
    await expectAccessible();
    expect(replace.log).toEqual([`run ${KEY.text} 1`]);
    await button("Keep the old backup for now").click();
    expect(calls).toEqual(["changed", "closed"]);
  });

  it("says first what for, and that the recovery key is needed; without it leads to a new one", async () => {
    const replace = new FakeReplace();
    const { screen, button, toKey } = await show(replace);
    await expect.element(screen.getByText(/when somebody else may have its key/)).toBeVisible();
    await expect.element(screen.getByText(/You enter your recovery key\./)).toBeVisible();
    await toKey();
    await expect.element(screen.getByLabelText("Choose file")).toBeVisible();
    await button("I no longer have it").click();
    expect(window.location.hash).toBe("#/manage/change-key");
    expect(replace.log).toEqual([]);
  });

  it("shows its steps and the upload while it runs, and does not run twice", async () => {
    const replace = new FakeReplace();
    const { promise, resolve } = Promise.withResolvers<void>();
    const run = replace.run.bind(replace);
    replace.run = async (key, options) => {
      const proof = await run(key, options);
      await promise;
      return proof;
    };
    const { screen, field, button, toKey } = await show(replace);
    await toKey();
    await field.fill(KEY.text);
    await button("Continue").dblClick();
    const upload = screen.getByTestId("replace-upload");
    await expect.element(upload).toHaveAttribute("data-done", "600");
    await expect.element(upload).toHaveAttribute("aria-valuetext", "600 of 1,150 keys");
    await expectAccessible();
    window.location.hash = "#/";
    await expect
      .element(screen.getByRole("dialog"))
      .toMatchTextContent("It goes on while you look");
    await screen.getByRole("button", { name: "Stay here" }).click();
    resolve();
    await expect.element(screen.getByText("Your backup is replaced")).toBeVisible();
    expect(replace.log).toHaveLength(1);
  });

  it("measures nothing before the server has taken the first keys", async () => {
    const replace = new FakeReplace();
    replace.run = async (_key, { onStep, onUpload }) => {
      onStep("upload");
      onUpload({ done: 0, total: 275 });
      return new Promise(() => undefined);
    };
    const { screen, toKey, enter } = await show(replace);
    await toKey();
    await enter();
    const upload = screen.getByTestId("replace-upload");
    await expect.element(upload).toMatchTextContent("Waiting for the server to take the first");
    await expect.element(upload).not.toHaveAttribute("aria-valuenow");
    await expectAccessible();
  });

  it("that stopped can be retried with the same key, or undone", async () => {
    const replace = new FakeReplace();
    replace.proofs = [fail({ kind: "network", detail: "" })];
    const { screen, button, toKey, enter } = await show(replace);
    await toKey();
    await enter();
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "network");
    await expect.element(screen.getByTestId("error")).toMatchTextContent("Nothing was deleted.");
    await expectAccessible();
    await button("Retry").click();
    await expect.element(screen.getByTestId("error")).toBeVisible();
    await button("Undo").click();
    await expect.element(screen.getByTestId("replace-undone")).toMatchTextContent("version 1");
    expect(replace.log).toEqual([`run ${KEY.text} 1`, `run ${KEY.text} 1`, `undo ${KEY.text}`]);
  });

  it("names a recovery key that does not fit at its field", async () => {
    const replace = new FakeReplace();
    const problem = { reason: "does_not_match", keyId: "abc" } as const;
    replace.proofs = [fail({ kind: "recovery_key", problem }), ...replace.proofs];
    const { screen, field, toKey, enter } = await show(replace);
    await toKey();
    await enter(keyOf(5).text);
    await expect.element(field).toHaveAccessibleDescription(/key/);
    await expect.element(field).toHaveFocus();
    await enter();
    await expect.element(screen.getByText("Your backup is replaced")).toBeVisible();
  });

  it("without the old key goes on only after a question of its own", async () => {
    const replace = new FakeReplace();
    replace.proofs = [fail({ kind: "decryption_key", reason: "absent" }), ...replace.proofs];
    const { screen, button, toKey, enter } = await show(replace);
    await toKey();
    await enter();
    await expect.element(screen.getByTestId("no-old-key")).toBeVisible();
    await expectAccessible();
    await button("Replace backup all the same").click();
    await expect.element(screen.getByText("Your backup is replaced")).toBeVisible();
    expect(replace.log).toEqual([`run ${KEY.text} 1`, `run ${KEY.text} 1 without`]);
  });
});

describe("a replacement that was not finished", () => {
  it("goes on, or back, with the key asked again", async () => {
    const replace = new FakeReplace();
    replace.planned = unfinished("2");
    const { screen, button, enter } = await show(replace);
    await expect.element(screen.getByTestId("replace-unfinished")).toBeVisible();
    await expectAccessible();
    await button("Continue").click();
    await button("Cancel").click();
    await button("Undo").click();
    await enter(KEY.text, "Undo");
    await expect.element(screen.getByText("The old backup is back")).toBeVisible();
    expect(replace.log).toEqual([`undo ${KEY.text}`]);
  });

  it("goes only on where nothing opens the old backup", async () => {
    const replace = new FakeReplace();
    replace.planned = unfinished("2");
    replace.undone = fail({ kind: "decryption_key", reason: "absent" });
    const { screen, button, enter } = await show(replace);
    await button("Undo").click();
    await enter(KEY.text, "Undo");
    await expect.element(screen.getByTestId("no-way-back")).toMatchTextContent("no way back");
    await expectAccessible();
    await button("Back to the replacement").click();
    await expect
      .element(screen.getByTestId("replace-unfinished"))
      .toMatchTextContent("the only way is to continue");
    expect(screen.getByRole("button", { name: "Undo" }).elements()).toEqual([]);
    await button("Continue").click();
    await expect.element(screen.getByText("Your backup is replaced")).toBeVisible();
    expect(replace.log).toEqual([`undo ${KEY.text}`, `run ${KEY.text} 1`]);
  });

  it("says so when another device was faster", async () => {
    const replace = new FakeReplace();
    replace.planned = unfinished(null);
    replace.undone = ok({ kind: "left", version: backupVersion("9") });
    const { screen, button, enter } = await show(replace);
    await button("Undo").click();
    await enter(KEY.text, "Undo");
    await expect.element(screen.getByTestId("replace-left")).toMatchTextContent("version 9");
  });
});

describe("the old backup", () => {
  it("is deleted after a comparison and a dialog with both numbers", async () => {
    const replace = new FakeReplace();
    replace.old = ok([{ version: backupVersion("1"), count: 1_200 }]);
    replace.report = ok({
      old: { version: backupVersion("1"), count: 1_200, etag: "7", publicKey: "pk" },
      current: { version: backupVersion("2"), count: 1_198 },
      unreadable: 2,
    });
    const { screen, button, dialog, enter } = await show(replace);
    await expect.element(screen.getByTestId("old-backup")).toHaveAttribute("data-count", "1200");
    await button("Delete old backup version 1").click();
    await enter(KEY.text, "Compare");
    await expect.element(dialog).toMatchTextContent("Delete backup version 1 with 1,200 keys?");
    await expect.element(dialog).toMatchTextContent("version 2, which holds 1,198 keys");
    await expect.element(dialog).toMatchTextContent("2 entries are damaged");
    await expectAccessible();
    expect(replace.log).toEqual([`check ${KEY.text} 1`]);
    await userEvent.keyboard("{Escape}");
    await expect.element(dialog).not.toBeInTheDocument();
    await button("Delete old backup").click();
    await dialog.getByRole("button", { name: "Delete backup" }).click();
    await expect.element(screen.getByTestId("old-deleted")).toBeVisible();
    await expectAccessible();
    expect(replace.log).toEqual([`check ${KEY.text} 1`, `delete ${KEY.text} 1`]);
  });

  it("that is kept for now is an end, and not the beginning of another replacement", async () => {
    const replace = new FakeReplace();
    replace.old = ok([{ version: backupVersion("1"), count: 1_200 }]);
    const { button, dialog, enter, calls } = await show(replace);
    await button("Delete old backup version 1").click();
    await enter(KEY.text, "Compare");
    await dialog.getByRole("button", { name: "Keep it" }).click();
    await button("Keep the old backup for now").click();
    expect(calls).toEqual(["changed", "closed"]);
  });

  it("that holds keys of its own is not offered for deletion", async () => {
    const replace = new FakeReplace();
    replace.old = ok([{ version: backupVersion("1"), count: 5 }]);
    replace.report = fail({ kind: "keys_at_risk", version: backupVersion("1"), count: 3 });
    const { screen, button, dialog, enter } = await show(replace);
    await button("Delete old backup version 1").click();
    await enter(KEY.text, "Compare");
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "keys_at_risk");
    await expect.element(dialog).not.toBeInTheDocument();
  });

  it("is not said to be gone when nobody could look", async () => {
    const replace = new FakeReplace();
    replace.old = fail({ kind: "timeout", detail: "" });
    const { screen } = await show(replace);
    await expect.element(screen.getByText(/not known whether old backups/)).toBeVisible();
  });
});

it("wipes the key when the screen goes", async () => {
  const replace = new FakeReplace();
  let given: Uint8Array = new Uint8Array();
  const run = replace.run.bind(replace);
  replace.run = (key, options) => {
    given = key.bytes;
    return run(key, options);
  };
  const { screen, toKey, enter } = await show(replace);
  await toKey();
  await enter();
  await expect.element(screen.getByText("Your backup is replaced")).toBeVisible();
  expect(given).toEqual(KEY.bytes);
  await screen.unmount();
  expect(given).toEqual(new Uint8Array(32));
});
