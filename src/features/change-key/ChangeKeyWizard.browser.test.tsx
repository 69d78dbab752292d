import "@/app/global.css";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import type { ChangeKeyPort } from "@/domain/changes";
import { encodeRecoveryKey } from "@/domain/recoveryKey";
import { fail, ok } from "@/domain/result";
import { FakeChangeKey } from "@/testing/fakeChanges";
import { keyOf } from "@/testing/fakeSetUp";
import { alice } from "@/testing/facts";
import { ChangeKeyWizard } from "./ChangeKeyWizard";

const OLD = keyOf(1);
const NEW_TEXT = encodeRecoveryKey(new Uint8Array(32).fill(1));
const unfinished = (step: string, switched: boolean) =>
  ok({
    kind: "unfinished",
    switched,
    entry: {
      change: "change_recovery_key",
      step,
      startedAt: 0,
      facts: { oldKeyId: "old", newKeyId: "new", withoutOldKey: 0 },
    },
  } as const);

beforeEach(() => {
  window.history.replaceState(null, "", "#/manage/change-key");
});
afterEach(() => {
  window.history.replaceState(null, "", "#/");
});

async function show(changeKey: ChangeKeyPort) {
  const calls: string[] = [];
  const screen = await render(
    <main>
      <h1>Change recovery key</h1>
      <ChangeKeyWizard
        changeKey={changeKey}
        user={alice}
        onChanged={async () => void calls.push("changed")}
        onClose={() => calls.push("closed")}
      />
    </main>,
  );
  const button = (name: string) => screen.getByRole("button", { name, exact: true });
  const dialog = screen.getByRole("dialog");
  const field = screen.getByLabelText("Recovery key", { exact: true });
  async function enter(text: string, submit: string): Promise<void> {
    await field.fill(text);
    await button(submit).click();
  }
  /** To the page that asks for the old key. */
  async function toOld(): Promise<string> {
    await button("Show new recovery key").click();
    const key = screen.getByTestId("recovery-key").element().textContent;
    await button("I have saved it").click();
    await enter(key, "Continue");
    await expect.element(screen.getByText("Enter your present recovery key")).toBeVisible();
    return key;
  }
  return { screen, button, dialog, field, calls, enter, toOld };
}

async function expectAccessible(): Promise<void> {
  expect((await axe.run(document.body)).violations).toEqual([]);
}

describe("a change", () => {
  it("shows, confirms, asks for the old key, and removes it only after a question", async () => {
    const changeKey = new FakeChangeKey();
    const { screen, button, dialog, enter, toOld, calls } = await show(changeKey);
    await expect
      .element(screen.getByTestId("change-key-offer"))
      .toHaveAttribute("data-secrets", "5");
    await expectAccessible();
    expect(await toOld()).toBe(NEW_TEXT);
    expect(changeKey.log).toEqual([]);
    await expectAccessible();
    await enter(OLD.text, "Change recovery key");
    await expect.element(screen.getByTestId("change-key-switched")).toMatchTextContent("5 secrets");
    await expectAccessible();
    await button("The new key works: finish").click();
    await expect.element(dialog).toMatchTextContent("Remove the old recovery key?");
    await expectAccessible();
    await dialog.getByRole("button", { name: "Not yet" }).click();
    await expect.element(dialog).not.toBeInTheDocument();
    expect(changeKey.log).toEqual([`run ${NEW_TEXT} ${OLD.text}`]);
    await button("The new key works: finish").click();
    await dialog.getByRole("button", { name: "Remove the old key" }).click();
    await expect.element(screen.getByTestId("change-key-done")).toBeVisible();
    await button("Done").click();
    expect(changeKey.log).toEqual([`run ${NEW_TEXT} ${OLD.text}`, `finish ${NEW_TEXT}`]);
    expect(calls).toEqual(["changed", "changed", "closed"]);
  });

  it("does not take another key for the new one", async () => {
    const changeKey = new FakeChangeKey();
    const { screen, button, field, enter } = await show(changeKey);
    await button("Show new recovery key").click();
    await button("I have saved it").click();
    await enter(OLD.text, "Continue");
    await expect.element(field).toHaveAccessibleDescription(/not the one you were just shown/);
    await button("Show the key again").click();
    await expect.element(screen.getByTestId("recovery-key")).toHaveTextContent(NEW_TEXT);
    expect(changeKey.generated).toBe(1);
  });

  it("tells the new key from a wrong one where the present one is asked for", async () => {
    const changeKey = new FakeChangeKey();
    const { field, enter, toOld } = await show(changeKey);
    const key = await toOld();
    await enter(key, "Change recovery key");
    await expect.element(field).toHaveAccessibleDescription(/This is the new key/);
    expect(changeKey.log).toEqual([]);
  });

  it.each([
    [true, /If you no longer have the present key, say so/],
    [false, /Have the present key at hand/],
  ])("says beforehand whether it works without the present key: %j", async (can, words) => {
    const changeKey = new FakeChangeKey();
    changeKey.planned = ok({ kind: "ready", secrets: 5, canWithoutOldKey: can, others: 0 });
    const { screen } = await show(changeKey);
    await expect.element(screen.getByText(words)).toBeVisible();
  });

  it("says how far it is, and can be cancelled at each step", async () => {
    const { screen, button, calls } = await show(new FakeChangeKey());
    await button("Show new recovery key").click();
    await expect.element(screen.getByText("Step 1 of 4")).toBeVisible();
    await button("I have saved it").click();
    await expect.element(screen.getByText("Step 2 of 4")).toBeVisible();
    await expectAccessible();
    await button("Cancel").click();
    expect(calls).toEqual(["closed"]);
  });

  it("takes a key from the file that was saved", async () => {
    const changeKey = new FakeChangeKey();
    const { screen, field, button } = await show(changeKey);
    await button("Show new recovery key").click();
    await button("I have saved it").click();
    const file = (text: string) => new File([text], "key.txt", { type: "text/plain" });
    await screen.getByLabelText("Choose file").upload(file("a shopping list"));
    await expect.element(screen.getByText("No recovery key was found in this file.")).toBeVisible();
    await screen.getByLabelText("Choose file").upload(file(`Recovery key: ${NEW_TEXT}`));
    await expect.element(field).toHaveValue(NEW_TEXT);
    await button("Continue").click();
    await expect.element(screen.getByText("Enter your present recovery key")).toBeVisible();
  });

  it("names a wrong old key at its field", async () => {
    const changeKey = new FakeChangeKey();
    const problem = { reason: "does_not_match", keyId: "old" } as const;
    changeKey.proofs = [fail({ kind: "recovery_key", problem }), ...changeKey.proofs];
    const { screen, field, enter, toOld } = await show(changeKey);
    await toOld();
    await enter(keyOf(7).text, "Change recovery key");
    await expect.element(field).toHaveFocus();
    await expect.element(field).toHaveAccessibleDescription(/key/);
    await enter(OLD.text, "Change recovery key");
    await expect.element(screen.getByTestId("change-key-switched")).toBeVisible();
  });

  it("goes without the old key after a question that says what stays locked", async () => {
    const changeKey = new FakeChangeKey();
    changeKey.proofs = [ok({ secrets: 4, left: 1, keyId: "new" })];
    const { screen, button, dialog, toOld } = await show(changeKey);
    await toOld();
    await button("I no longer have it").click();
    await expect.element(dialog).toMatchTextContent("1 other secret of your account");
    await expectAccessible();
    await dialog.getByRole("button", { name: "Change recovery key" }).click();
    await expect
      .element(screen.getByTestId("change-key-switched"))
      .toMatchTextContent("1 other one");
    // The way back needs the old key.
    expect(screen.getByRole("button", { name: "Undo" }).elements()).toEqual([]);
    expect(changeKey.log).toEqual([`run ${NEW_TEXT} without`]);
  });

  it.each([
    [0, "Throw the copies of the old key away.", "Keep the old key"],
    [2, "Keep the old key, too: those need it.", "Throw the copies"],
  ])("with %i left under the old key says whether that is still needed", async (left, is, not) => {
    const changeKey = new FakeChangeKey();
    changeKey.proofs = [ok({ secrets: 4, left, keyId: "new" })];
    changeKey.finished = ok({ secrets: 4, left, keyId: "new" });
    const { screen, button, dialog, enter, toOld } = await show(changeKey);
    await toOld();
    await enter(OLD.text, "Change recovery key");
    await button("The new key works: finish").click();
    await dialog.getByRole("button", { name: "Remove the old key" }).click();
    await expect.element(screen.getByTestId("change-key-done")).toMatchTextContent(is);
    await expect.element(screen.getByTestId("change-key-done")).not.toMatchTextContent(not);
  });

  it("cannot go without the old key where this device does not hold everything", async () => {
    const changeKey = new FakeChangeKey();
    changeKey.planned = ok({ kind: "ready", secrets: 5, canWithoutOldKey: false, others: 0 });
    const { screen, toOld } = await show(changeKey);
    await toOld();
    expect(screen.getByText("I no longer have it").elements()).toEqual([]);
  });

  it("that stopped is retried with the same keys, or undone", async () => {
    const changeKey = new FakeChangeKey();
    changeKey.proofs = [fail({ kind: "network", detail: "" })];
    const { screen, button, enter, toOld } = await show(changeKey);
    await toOld();
    await enter(OLD.text, "Change recovery key");
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "network");
    await expectAccessible();
    await button("Retry").click();
    await expect.element(screen.getByTestId("error")).toBeVisible();
    await button("Undo").click();
    await expect.element(screen.getByTestId("change-key-undone")).toBeVisible();
    const run = `run ${NEW_TEXT} ${OLD.text}`;
    expect(changeKey.log).toEqual([run, run, `undo ${OLD.text}`]);
  });

  it("asks before it is left with a key on the page", async () => {
    const changeKey = new FakeChangeKey();
    const { screen, button, dialog } = await show(changeKey);
    await button("Show new recovery key").click();
    window.location.hash = "#/";
    await expect.element(dialog).toMatchTextContent("throw your copy of it away");
    await dialog.getByRole("button", { name: "Stay here" }).click();
    await expect.element(screen.getByTestId("recovery-key")).toBeVisible();
  });
});

describe("a change that was not finished", () => {
  it("goes on with the new key and the old one", async () => {
    const changeKey = new FakeChangeKey();
    changeKey.planned = unfinished("encrypt", false);
    const { screen, button, enter } = await show(changeKey);
    await expectAccessible();
    await button("Continue").click();
    await enter(NEW_TEXT, "Continue");
    await enter(OLD.text, "Change recovery key");
    await expect.element(screen.getByTestId("change-key-switched")).toBeVisible();
    expect(changeKey.log).toEqual([`run ${NEW_TEXT} ${OLD.text}`]);
  });

  it("is undone without any key while the old one is in use", async () => {
    const changeKey = new FakeChangeKey();
    changeKey.planned = unfinished("encrypt", false);
    const { screen, button } = await show(changeKey);
    await button("Undo").click();
    await expect.element(screen.getByTestId("change-key-undone")).toBeVisible();
    expect(changeKey.log).toEqual(["undo without"]);
  });

  it("needs one key in either direction once the new one is in use", async () => {
    const changeKey = new FakeChangeKey();
    changeKey.planned = unfinished("switched", true);
    const { screen, button, enter } = await show(changeKey);
    await button("Undo").click();
    await enter(OLD.text, "Undo");
    await expect.element(screen.getByTestId("change-key-undone")).toBeVisible();
    expect(changeKey.log).toEqual([`undo ${OLD.text}`]);
  });

  it("says which key is wrong", async () => {
    const changeKey = new FakeChangeKey();
    changeKey.planned = unfinished("encrypt", false);
    const problem = { reason: "does_not_match", keyId: "new" } as const;
    changeKey.proofs = [fail({ kind: "recovery_key", problem })];
    const { screen, button, field, enter } = await show(changeKey);
    await button("Continue").click();
    await enter(keyOf(8).text, "Continue");
    await enter(OLD.text, "Change recovery key");
    await expect.element(screen.getByText("Enter the new recovery key")).toBeVisible();
    await expect.element(field).toHaveFocus();
  });

  it("has no way back once the old key's copies are being removed", async () => {
    const changeKey = new FakeChangeKey();
    changeKey.planned = unfinished("retire", true);
    const { screen, button } = await show(changeKey);
    await expect.element(button("Continue")).toBeVisible();
    expect(screen.getByRole("button", { name: "Undo" }).elements()).toEqual([]);
  });
});

it.each([
  ["absent", /no recovery key yet/],
  ["broken", /Recovery is damaged/],
] as const)("has nothing to change where recovery is %s", async (defaultKey, words) => {
  const changeKey = new FakeChangeKey();
  changeKey.planned = ok({ kind: "no_recovery", defaultKey });
  const { screen } = await show(changeKey);
  await expect.element(screen.getByText(words)).toBeVisible();
  await expectAccessible();
});
