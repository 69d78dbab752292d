import "@/app/global.css";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import type { BackupVersion } from "@/domain/backup";
import { fail, ok } from "@/domain/result";
import { existingKey, fakeSetUp, keyOf, newKey, proof, type Run } from "@/testing/fakeSetUp";
import { show } from "./showWizard";

function stubClipboard(write: (text: string) => Promise<void>): void {
  vi.spyOn(navigator.clipboard, "writeText").mockImplementation(write);
}

afterEach(() => {
  vi.restoreAllMocks();
});

it("does not begin beside an unfinished change, and leads to where that is ended", async () => {
  window.location.hash = "#/set-up";
  const unfinished = fail({ kind: "change_unfinished", change: "replace_backup" } as const);
  const { screen, button } = await show(fakeSetUp(unfinished).setUp);
  await expect.element(screen.getByTestId("error")).toMatchTextContent("not finished");
  expect(screen.getByRole("button", { name: "Retry" }).elements()).toEqual([]);
  await button("Back to the overview").click();
  expect(window.location.hash).toBe("#/");
});

describe("a new recovery key", () => {
  it("is shown, confirmed with other white space, and only then used", async () => {
    const fake = fakeSetUp(newKey);
    const { screen, button, field, calls, toConfirm } = await show(fake.setUp);
    const key = await toConfirm();
    expect(key).toBe(keyOf(1).text);
    await field.fill(` ${key.replaceAll(" ", "\u00a0")}\t`);
    expect(fake.ranWith).toEqual([]);
    await button("Finish").click();
    await expect.element(screen.getByText("Your backup is set up")).toBeVisible();
    await expect.element(screen.getByTestId("set-up-proof")).toHaveAttribute("data-version", "7");
    expect(fake.ranWith).toEqual([key]);
    expect(calls).toEqual(["set up"]);
    await button("Done").click();
    expect(calls).toEqual(["set up", "closed"]);
  });

  it.each([true, false])(
    "asks to keep the tab open while keys are only in it: %s",
    async (only) => {
      const { screen, button, field, toConfirm } = await show(fakeSetUp(newKey).setUp, only);
      await field.fill(await toConfirm());
      await button("Finish").click();
      await expect.element(screen.getByTestId("set-up-proof")).toBeVisible();
      const note = screen.getByText("Keep this tab open until they are uploaded");
      expect(note.elements()).toHaveLength(only ? 1 : 0);
    },
  );

  it("is not accepted in another form than the one shown", async () => {
    const fake = fakeSetUp(newKey);
    const { button, field, toConfirm } = await show(fake.setUp);
    const key = await toConfirm();

    await field.fill(keyOf(99).text);
    await button("Finish").click();
    await expect.element(field).toHaveAccessibleDescription(/not the one you were just shown/);
    await expect.element(field).toHaveFocus();

    const typo = key.endsWith("A") ? `${key.slice(0, -1)}B` : `${key.slice(0, -1)}A`;
    await field.fill(typo);
    await button("Finish").click();
    await expect.element(field).toHaveAccessibleDescription(/typo/);

    await field.fill(key.slice(0, 20));
    await button("Finish").click();
    await expect.element(field).toHaveAccessibleDescription(/too short/);
    expect(fake.ranWith).toEqual([]);
  });

  it("stays the same when one goes back to see it again", async () => {
    const fake = fakeSetUp(newKey);
    const { screen, button, toConfirm } = await show(fake.setUp);
    const key = await toConfirm();
    await button("Show the key again").click();
    await expect.element(screen.getByTestId("recovery-key")).toHaveTextContent(key);
    expect(fake.generated()).toBe(1);
  });

  it("is nowhere in the page once it is no longer shown", async () => {
    const fake = fakeSetUp(newKey);
    const { field, toConfirm } = await show(fake.setUp);
    const key = await toConfirm();
    await field.fill(key);
    expect(document.documentElement.outerHTML).not.toContain(key);
    expect(document.documentElement.outerHTML).not.toContain(key.replaceAll(" ", ""));
  });

  it("is hidden when the page is hidden, and shown on request", async () => {
    const fake = fakeSetUp(newKey);
    const { screen, button } = await show(fake.setUp);
    await button("Show recovery key").click();
    const key = screen.getByTestId("recovery-key");
    await expect.element(key).toBeVisible();
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    await expect.element(key).not.toBeInTheDocument();
    await button("Show").click();
    await expect.element(key).toHaveTextContent(keyOf(1).text);
  });

  it("has the browser ask before the page is left, from shown until stored", async () => {
    const leave = () => {
      const event = new Event("beforeunload", { cancelable: true });
      window.dispatchEvent(event);
      return event.defaultPrevented;
    };
    const fake = fakeSetUp(newKey);
    const { screen, button, field, toConfirm } = await show(fake.setUp);
    await expect.element(button("Show recovery key")).toBeVisible();
    expect(leave()).toBe(false);
    const key = await toConfirm();
    expect(leave()).toBe(true);
    await field.fill(key);
    await button("Finish").click();
    await expect.element(screen.getByText("Your backup is set up")).toBeVisible();
    expect(leave()).toBe(false);
  });
});

describe("keeping a copy", () => {
  it("copies, and clears the clipboard on request", async () => {
    const written: string[] = [];
    stubClipboard(async (text) => void written.push(text));
    const { screen, button } = await show(fakeSetUp(newKey).setUp);
    await button("Show recovery key").click();
    await button("Copy").click();
    await button("Clear clipboard").click();
    await expect.element(screen.getByText(/clipboard was cleared/)).toBeVisible();
    expect(written).toEqual([keyOf(1).text, ""]);
  });

  it("says so when copying is not allowed", async () => {
    stubClipboard(async () => Promise.reject(new DOMException("no", "NotAllowedError")));
    const { screen, button } = await show(fakeSetUp(newKey).setUp);
    await button("Show recovery key").click();
    await button("Copy").click();
    await expect.element(screen.getByText(/Select the key on the page/)).toBeVisible();
  });

  it("downloads a text file that says what it is", async () => {
    const blobs: Blob[] = [];
    const names: string[] = [];
    vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
      if (blob instanceof Blob) blobs.push(blob);
      return "blob:test";
    });
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      names.push(this.download);
    });
    const { button } = await show(fakeSetUp(newKey).setUp);
    await button("Show recovery key").click();
    await button("Download").click();
    expect(names).toEqual([
      expect.stringMatching(/^key-backup-recovery-key-alice-\d{4}-\d\d-\d\d\.txt$/),
    ]);
    const text = await blobs[0]?.text();
    expect(text).toContain(keyOf(1).text);
    expect(text).toContain("@alice:example.test");
  });

  it("prints the same sheet by the browser's own command, while the key is shown", async () => {
    const print = vi.spyOn(window, "print").mockImplementation(() => undefined);
    const { screen, button } = await show(fakeSetUp(newKey).setUp);
    await button("Show recovery key").click();
    await expect.element(screen.getByText("Step 1 of 3")).toBeVisible();
    window.dispatchEvent(new Event("beforeprint"));
    // At once: the browser does not wait.
    expect(document.querySelector("[data-print-kit]")?.textContent).toContain(keyOf(1).text);
    window.dispatchEvent(new Event("afterprint"));
    await vi.waitFor(() => expect(document.querySelector("[data-print-kit]")).toBeNull());
    await button("I have saved it").click();
    window.dispatchEvent(new Event("beforeprint"));
    expect(document.querySelector("[data-print-kit]")).toBeNull();
    expect(print).not.toHaveBeenCalled();
  });

  it("prints a sheet that is on the page only meanwhile", async () => {
    let sheet = "";
    vi.spyOn(window, "print").mockImplementation(() => {
      sheet = document.querySelector("[data-print-kit]")?.textContent ?? "";
      window.dispatchEvent(new Event("afterprint"));
    });
    const { button } = await show(fakeSetUp(newKey).setUp);
    await button("Show recovery key").click();
    await button("Print").click();
    await vi.waitFor(() => expect(document.querySelector("[data-print-kit]")).toBeNull());
    expect(sheet).toContain(keyOf(1).text);
    expect(sheet).toContain("@alice:example.test");
  });
});

describe("when a step fails", () => {
  const failing: Run = async (_key, { onStep }) => {
    onStep("identity");
    onStep("secret_storage");
    return fail({ kind: "network", detail: "" });
  };

  it("says which, and retries with the same key", async () => {
    const fake = fakeSetUp(newKey, [failing, async () => ok(proof)]);
    const { screen, button, field, toConfirm } = await show(fake.setUp);
    const key = await toConfirm();
    await field.fill(key);
    await button("Finish").click();
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "network");
    const steps = [...document.querySelectorAll("[data-step]")].map((line) => [
      line.getAttribute("data-step"),
      line.getAttribute("data-state"),
    ]);
    expect(Object.fromEntries(steps)).toMatchObject({
      identity: "done",
      secret_storage: "failed",
      backup: "todo",
    });
    await button("Retry").click();
    await expect.element(screen.getByText("Your backup is set up")).toBeVisible();
    expect(fake.ranWith).toEqual([key, key]);
    expect(fake.generated()).toBe(1);
  });

  it("the key can be seen again", async () => {
    const fake = fakeSetUp(newKey, [failing]);
    const { screen, button, field, toConfirm } = await show(fake.setUp);
    const key = await toConfirm();
    await field.fill(key);
    await button("Finish").click();
    await button("Show the key again").click();
    await expect.element(screen.getByTestId("recovery-key")).toHaveTextContent(key);
  });
});

describe("the account password", () => {
  const answers: (string | null)[] = [];
  beforeEach(() => {
    answers.length = 0;
  });
  const asking: Run = async (_key, { askPassword }) => {
    const first = await askPassword("needed");
    answers.push(first);
    if (first === null) return fail({ kind: "identity", reason: "password_cancelled" });
    answers.push(await askPassword("wrong"));
    return ok(proof);
  };

  it("is asked for, and asked for again when it was wrong", async () => {
    const { screen, button, field, toConfirm } = await show(fakeSetUp(newKey, [asking]).setUp);
    const key = await toConfirm();
    await field.fill(key);
    await button("Finish").click();
    const dialog = screen.getByRole("dialog", { name: "Confirm with your password" });
    const password = dialog.getByLabelText("Password", { exact: true });
    await expect.element(password).toHaveFocus();
    await password.fill("first");
    await userEvent.keyboard("{Enter}");
    await expect.element(password).toHaveAccessibleDescription(/Wrong password/);
    await password.fill("second");
    await dialog.getByRole("button", { name: "Continue" }).click();
    await expect.element(screen.getByText("Your backup is set up")).toBeVisible();
    expect(answers).toEqual(["first", "second"]);
  });

  it("can be refused, and nothing is lost", async () => {
    const { screen, button, field, toConfirm } = await show(fakeSetUp(newKey, [asking]).setUp);
    const key = await toConfirm();
    await field.fill(key);
    await button("Finish").click();
    await expect.element(screen.getByRole("dialog")).toBeVisible();
    await userEvent.keyboard("{Escape}");
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "identity");
    expect(answers).toEqual([null]);
    await expect.element(button("Retry")).toBeVisible();
  });
});

describe("what the account has already", () => {
  it("its recovery key is asked for, and a wrong one returns to the field", async () => {
    const wrong: Run = async () =>
      fail({ kind: "recovery_key", problem: { reason: "does_not_match", keyId: "abc" } });
    const fake = fakeSetUp(existingKey, [wrong, async () => ok(proof)]);
    const { screen, button, field } = await show(fake.setUp);
    await button("Enter recovery key").click();
    await field.fill(keyOf(5).text);
    await button("Finish").click();
    await expect.element(field).toHaveAccessibleDescription(/not the one of this account/);
    await expect.element(field).toHaveFocus();
    await field.fill(keyOf(6).text);
    await button("Finish").click();
    await expect.element(screen.getByText("Your backup is set up")).toBeVisible();
    expect(fake.ranWith).toEqual([keyOf(5).text, keyOf(6).text]);
    expect(fake.generated()).toBe(0);
  });

  it.each([
    ["stored", /stored behind your recovery key/],
    ["not_stored", /neither on this device nor behind your recovery key/],
    ["no_key_named", /not known here whether one opens it/],
  ] as const)("a backup is used and not replaced; its key: %s", async (recovery, words) => {
    const version = "3" as BackupVersion;
    const fake = fakeSetUp(ok({ kind: "backup_exists", version, recovery }));
    const { screen } = await show(fake.setUp);
    await expect.element(screen.getByText(words)).toBeVisible();
    expect(screen.getByText(/recovery key opens it/).elements()).toEqual([]);
    await expect.element(screen.getByText(/already has a backup: version 3/)).toBeVisible();
    await expect
      .element(screen.getByRole("link", { name: "Enter recovery key" }))
      .toHaveAttribute("href", "#/unlock");
    expect(screen.getByRole("button").elements()).toEqual([]);
  });

  it.each(["identity_held_elsewhere", "secret_storage_broken"] as const)(
    "%s is explained, with nothing to press that changes anything",
    async (reason) => {
      const { screen, button } = await show(fakeSetUp(ok({ kind: "blocked", reason })).setUp);
      await expect.element(button("Check again")).toBeVisible();
      expect(screen.getByRole("button").elements()).toHaveLength(1);
    },
  );

  it("set-up does not begin while the account cannot be read", async () => {
    const { screen, button } = await show(fakeSetUp(fail({ kind: "network", detail: "" })).setUp);
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "network");
    await expect.element(button("Retry")).toBeVisible();
    expect(screen.getByText("Show recovery key").elements()).toEqual([]);
  });
});

describe("for everyone", () => {
  it("every step is free of accessibility faults, and its heading has the focus", async () => {
    let finish: () => void = () => undefined;
    const held: Run = async (_key, { onStep }) => {
      onStep("backup_key");
      await new Promise<void>((resolve) => (finish = resolve));
      return ok(proof);
    };
    const { screen, button, field } = await show(fakeSetUp(newKey, [held]).setUp);
    const faults = async () => (await axe.run(document.body)).violations;
    const heading = (name: string) => screen.getByRole("heading", { name });
    await expect.element(button("Show recovery key")).toBeVisible();
    expect(await faults()).toEqual([]);
    await button("Show recovery key").click();
    await expect.element(heading("Save your recovery key")).toHaveFocus();
    expect(await faults()).toEqual([]);
    await button("I have saved it").click();
    await expect.element(heading("Confirm your recovery key")).toHaveFocus();
    expect(await faults()).toEqual([]);
    await field.fill(keyOf(1).text);
    await button("Finish").click();
    await expect.element(heading("Setting up your backup")).toHaveFocus();
    expect(await faults()).toEqual([]);
    finish();
    await expect.element(heading("Your backup is set up")).toHaveFocus();
    expect(await faults()).toEqual([]);
  });
});
