import "@/app/global.css";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseRecoveryKey, type RecoveryKey } from "@/domain/recoveryKey";
import { fail, ok } from "@/domain/result";
import { fakeSetUp, keyOf, newKey, type Run } from "@/testing/fakeSetUp";
import { show } from "./showWizard";

// The real one, which tells what it gave out.
vi.mock("@/domain/recoveryKey", { spy: true });

describe("leaving in the middle", () => {
  const routed: string[] = [];
  // As the app does: it looks at the address when it hears that it has changed.
  const route = () => {
    if (window.location.hash !== "#/set-up") routed.push(window.location.hash);
  };
  beforeEach(() => {
    routed.length = 0;
    window.history.replaceState(null, "", "#/set-up");
    window.addEventListener("hashchange", route);
  });
  afterEach(() => {
    window.removeEventListener("hashchange", route);
    window.history.replaceState(null, "", "#/");
  });
  const held: Run = (_key, { onStep }) => {
    onStep("backup_key");
    return new Promise(() => undefined);
  };

  it("asks first while the key is shown; staying keeps the same key", async () => {
    const fake = fakeSetUp(newKey);
    const { screen, button } = await show(fake.setUp);
    await button("Show recovery key").click();
    window.location.hash = "#/";
    const dialog = screen.getByRole("dialog", { name: "Leave without setting up a backup?" });
    await expect.element(dialog).toBeVisible();
    await expect.element(dialog).toMatchTextContent("throw your copy of it away");
    expect((await axe.run(document.body)).violations).toEqual([]);
    await dialog.getByRole("button", { name: "Stay here" }).click();
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.element(screen.getByTestId("recovery-key")).toHaveTextContent(keyOf(1).text);
    // Not the link that leads away, but what the person stays for.
    await expect
      .element(screen.getByRole("heading", { name: "Save your recovery key" }))
      .toHaveFocus();
    expect(routed).toEqual([]);
    expect(window.location.hash).toBe("#/set-up");
  });

  it("goes where the person wanted once that is confirmed", async () => {
    const { screen, button, toConfirm } = await show(fakeSetUp(newKey).setUp);
    await toConfirm();
    window.location.hash = "#/rooms";
    await button("Leave").click();
    await vi.waitFor(() => expect(routed).toEqual(["#/rooms"]));
    await expect.element(screen.getByRole("dialog")).not.toBeInTheDocument();
  });

  it("asks while the set-up runs, and when it has failed, in other words", async () => {
    const failing: Run = async () => fail({ kind: "network", detail: "" });
    const { screen, button, field, toConfirm } = await show(
      fakeSetUp(newKey, [failing, held]).setUp,
    );
    const key = await toConfirm();
    await field.fill(key);
    await button("Finish").click();
    await expect.element(screen.getByTestId("error")).toBeVisible();
    window.location.hash = "#/";
    const dialog = screen.getByRole("dialog");
    await expect.element(dialog).toMatchTextContent("Keep your copy of the recovery key");
    await dialog.getByRole("button", { name: "Stay here" }).click();

    // The server may use the key by now, so nothing says any more that it does not.
    await button("Show the key again").click();
    await expect.element(screen.getByTestId("recovery-key")).toHaveTextContent(key);
    expect(screen.getByText("Nothing on the server has been changed yet.").elements()).toEqual([]);
    window.location.hash = "#/";
    await expect.element(dialog).toMatchTextContent("Keep your copy of the recovery key");
    await dialog.getByRole("button", { name: "Stay here" }).click();

    await button("I have saved it").click();
    await field.fill(key);
    await button("Finish").click();
    await expect.element(screen.getByText("Setting up your backup")).toBeVisible();
    window.location.hash = "#/";
    await expect.element(dialog).toMatchTextContent("It goes on while you look");
    expect(routed).toEqual([]);
  });

  it("does not ask where nothing is at stake, nor after Cancel", async () => {
    const { button, calls } = await show(fakeSetUp(newKey).setUp);
    await expect.element(button("Show recovery key")).toBeVisible();
    window.location.hash = "#/rooms";
    await vi.waitFor(() => expect(routed).toEqual(["#/rooms"]));
    await button("Show recovery key").click();
    await button("Cancel").click();
    expect(calls).toEqual(["closed"]);
    window.location.hash = "#/";
    await vi.waitFor(() => expect(routed).toEqual(["#/rooms", "#/"]));
  });

  it("answers a password question that comes when the wizard is gone", async () => {
    let ask: () => Promise<string | null> = () => Promise.resolve("never asked");
    const late: Run = (_key, { askPassword }) => {
      ask = () => askPassword("needed");
      return new Promise(() => undefined);
    };
    const { screen, button, field, toConfirm } = await show(fakeSetUp(newKey, [late]).setUp);
    const key = await toConfirm();
    await field.fill(key);
    await button("Finish").click();
    await expect.element(screen.getByText("Setting up your backup")).toBeVisible();
    await screen.unmount();
    expect(await ask()).toBeNull();
  });

  it("wipes the key", async () => {
    const made: RecoveryKey[] = [];
    const fake = fakeSetUp(newKey);
    const generateRecoveryKey = () => {
      const key = keyOf(3);
      made.push(key);
      return key;
    };
    const { screen, button } = await show({ ...fake.setUp, generateRecoveryKey });
    await button("Show recovery key").click();
    expect(made[0]?.bytes).toEqual(keyOf(3).bytes);
    await screen.unmount();
    expect(made.map(({ bytes }) => bytes)).toEqual([new Uint8Array(32)]);
  });

  it("wipes what was typed to confirm the key, be it right or wrong", async () => {
    const { screen, button, field, toConfirm } = await show(fakeSetUp(newKey).setUp);
    const key = await toConfirm();
    vi.mocked(parseRecoveryKey).mockClear();
    await field.fill(keyOf(99).text);
    await button("Finish").click();
    await expect.element(field).toHaveAccessibleDescription(/not the one/);
    await field.fill(key);
    await button("Finish").click();
    await expect.element(screen.getByText("Your backup is set up")).toBeVisible();
    const typed = vi.mocked(parseRecoveryKey).mock.results.map(({ value }) => value);
    const wiped = ok({ bytes: new Uint8Array(32), text: expect.any(String) });
    expect(typed).toEqual([wiped, wiped]);
  });
});

describe("another device was faster", () => {
  it("says that the key shown here is of no use, and looks at the account anew", async () => {
    const other: Run = async () =>
      fail({ kind: "recovery_key", problem: { reason: "does_not_match", keyId: "abc" } });
    const fake = fakeSetUp(newKey, [other]);
    const plans = [newKey, ok({ kind: "existing_recovery_key" } as const)];
    const plan = async () => plans.shift() ?? newKey;
    const { screen, button, field, toConfirm } = await show({ ...fake.setUp, plan });
    const key = await toConfirm();
    await field.fill(key);
    await button("Finish").click();
    await expect.element(screen.getByText(/throw your copy away/)).toBeVisible();
    expect((await axe.run(document.body)).violations).toEqual([]);
    expect(screen.getByText("Retry").elements()).toEqual([]);
    await button("Look at the account again").click();
    await expect.element(button("Enter recovery key")).toBeVisible();
    expect(fake.generated()).toBe(1);
  });
});

describe("a part that throws", () => {
  const broken = () => Promise.reject(new TypeError("a bug"));

  it("in the plan is an error with a way on", async () => {
    const { screen, button } = await show({ ...fakeSetUp(newKey).setUp, plan: broken });
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "unexpected");
    await expect.element(button("Retry")).toBeVisible();
  });

  it("in the run is an error with a way on", async () => {
    const { screen, button, field, toConfirm } = await show(fakeSetUp(newKey, [broken]).setUp);
    const key = await toConfirm();
    await field.fill(key);
    await button("Finish").click();
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "unexpected");
    await expect.element(button("Retry")).toBeVisible();
  });
});
