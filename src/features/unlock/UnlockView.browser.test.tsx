import "@/app/global.css";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import type { DeviceStateInputs } from "@/domain/deviceState";
import type { AppError } from "@/domain/errors";
import type { KeyEntry, KeyEntryOptions } from "@/domain/keyEntry";
import type { UnlockReport } from "@/domain/ports";
import type { Reading } from "@/domain/reading";
import { encodeRecoveryKey } from "@/domain/recoveryKey";
import { fail, ok, type Result } from "@/domain/result";
import {
  aBackup,
  backupVersion,
  byDefaultKey,
  failedReading,
  known,
  readyIdentity,
} from "@/testing/facts";
import { anOverview } from "@/testing/overview";
import { UnlockView } from "./UnlockView";

const bytes = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
const key = encodeRecoveryKey(bytes);
const bare = key.replaceAll(" ", "");
/** The same key with one character exchanged: right length, right prefix, wrong parity. */
const typo = `${bare.slice(0, -1)}${bare.endsWith("A") ? "B" : "A"}`;
const report: UnlockReport = {
  deviceVerified: true,
  backup: "ready",
  version: backupVersion("1"),
  openedBy: byDefaultKey,
};
const noPassphrase = known({ recoveryPassphrase: false, backupPassphrase: false });
const withPassphrase = known({ recoveryPassphrase: true, backupPassphrase: false });
const lockedFacts: Partial<DeviceStateInputs> = {
  backup: known(aBackup({ count: 2000 })),
  trust: known({ signature: "trusted", key: "absent" }),
  crossSigning: known({ ...readyIdentity, deviceVerified: false }),
};

/** Ways to unlock that answer when told to, and record what they were given. */
function fakeUnlock() {
  const given: { text: string; bytes: number[]; held: Uint8Array }[] = [];
  const phrases: { passphrase: string; signal: AbortSignal }[] = [];
  const keys: { bytes: number[]; held: Uint8Array }[] = [];
  let answer: (result: Result<UnlockReport, AppError>) => void = () => {};
  const waiting = () =>
    new Promise<Result<UnlockReport, AppError>>((resolve) => {
      answer = resolve;
    });
  const unlock = (entry: KeyEntry, signal: AbortSignal) => {
    if (entry.kind === "passphrase") phrases.push({ passphrase: entry.passphrase, signal });
    else {
      const { text, bytes: held } = entry.key;
      given.push({ text, bytes: [...held], held });
    }
    return waiting();
  };
  const setDecryptionKey = (held: Uint8Array) => {
    keys.push({ bytes: [...held], held });
    return waiting();
  };
  return {
    given,
    phrases,
    keys,
    unlock,
    setDecryptionKey,
    answer: (result: Result<UnlockReport, AppError>) => answer(result),
  };
}

async function show(facts = lockedFacts, options: Reading<KeyEntryOptions> = noPassphrase) {
  const server = fakeUnlock();
  const onRestore = vi.fn();
  const screen = await render(
    <main>
      <UnlockView
        overview={anOverview(facts)}
        options={options}
        unlock={server.unlock}
        setDecryptionKey={server.setDecryptionKey}
        onRestore={onRestore}
      />
    </main>,
  );
  return {
    screen,
    server,
    onRestore,
    field: screen.getByLabelText("Recovery key", { exact: true }),
    button: (name: string) => screen.getByRole("button", { name, exact: true }),
    error: screen.getByTestId("error"),
    length: screen.getByTestId("recovery-key-length"),
  };
}

afterEach(() => {
  window.location.hash = "";
});

it("leads on for somebody who does not have the key any more", async () => {
  const { screen } = await show();
  await screen.getByText("I no longer have it").click();
  await expect
    .element(screen.getByRole("link", { name: "Verify with another device" }))
    .toHaveAttribute("href", "#/verify");
  await expect
    .element(screen.getByRole("link", { name: "Manage backup" }))
    .toHaveAttribute("href", "#/manage");
  await expect.element(screen.getByText(/a key that turns up later still opens it/)).toBeVisible();
});

describe("a key that cannot be right", () => {
  const cases: [string, string, RegExp][] = [
    ["nothing", "", /Enter your recovery key/],
    ["white space", " \u00A0\t", /Enter your recovery key/],
    ["characters no key has", `0${bare.slice(1)}`, /never contains “0”/],
    ["a key cut off", bare.slice(0, 47), /too short: 47 of 48/],
    ["a key pasted twice", bare + bare, /too long: 96 characters/],
    ["another kind of key", `9${bare.slice(1)}`, /not a recovery key/],
    ["a typo", typo, /There is a typo/],
  ];

  it.each(cases)("%s: says so, asks no server, keeps the focus", async (_, text, words) => {
    const { field, button, error, server } = await show();
    await field.fill(text);
    await button("Unlock").click();
    await expect.element(error).toMatchTextContent(words);
    await expect.element(error).toHaveAttribute("data-code", "recovery_key");
    await expect.element(error).toHaveAttribute("role", "alert");
    const described = field.element().getAttribute("aria-describedby")?.split(" ") ?? [];
    const spoken = described.map((id) => document.getElementById(id)?.textContent).join(" ");
    expect(spoken).toMatch(words);
    await expect.element(field).toHaveFocus();
    expect(field.element()).toHaveProperty("value", text);
    expect(server.given).toEqual([]);
  });

  it.each([
    ["hunter2", /too short.*account password opens nothing here; .* begins with “Es”/],
    ["correct horse battery staple", /never contains “l”.*looks like a passphrase/],
    [bare.slice(0, 47), /too short(?!.*password)/],
  ])("%s: is told what a recovery key looks like, if it looks like none", async (text, words) => {
    const { field, button, error } = await show();
    await field.fill(text);
    await button("Unlock").click();
    await expect.element(error).toMatchTextContent(words);
    await expect.element(error).toMatchTextContent(/^(?!.*complete)/);
  });

  it("stands in one place, and no count beside it says that the key is complete", async () => {
    const { field, button, error, length, screen } = await show();
    await field.fill(typo);
    await expect.element(length).toHaveTextContent("48 of 48 characters: complete");
    await button("Unlock").click();
    await expect.element(error).toBeInTheDocument();
    expect(length.elements()).toEqual([]);
    const seen = screen
      .getByText(/There is a typo/)
      .elements()
      .filter((element) => element.getBoundingClientRect().width > 1);
    expect(seen).toHaveLength(1);
  });

  it("has a message of its own for every fault", async () => {
    const { field, button, error } = await show();
    const messages = new Set<string | null>();
    for (const text of ["", ...cases.slice(2).map(([, text]) => text)]) {
      await field.fill(text);
      await button("Unlock").click();
      await expect.element(error).toBeVisible();
      messages.add(error.element().textContent);
    }
    expect(messages.size).toBe(6);
  });
});

describe("what the server side says", () => {
  const refusals: [AppError, RegExp][] = [
    [
      { kind: "recovery_key", problem: { reason: "does_not_match", keyId: "abc" } },
      /not the one of this account/,
    ],
    [{ kind: "recovery_key", problem: { reason: "other_backup" } }, /leads to another backup/],
    [{ kind: "network", detail: "" }, /cannot be reached/],
    [{ kind: "server", status: 502, errcode: null, message: null }, /says nothing about your/],
    [{ kind: "rate_limited", retryAfterMs: 3_000 }, /asks to wait/],
    [{ kind: "secret_storage", reason: "backup_key_missing" }, /it does not hold the backup’s key/],
  ];

  it.each(refusals)("%o: the text stays, and the next step is named", async (refusal, words) => {
    const { field, button, error, server } = await show();
    await field.fill(key);
    await button("Unlock").click();
    server.answer(fail(refusal));
    await expect.element(error).toMatchTextContent(words);
    await expect.element(error).toHaveAttribute("data-code", refusal.kind);
    await expect.element(field).toHaveValue(key);
    await expect.element(field).toHaveFocus();
    const blamesKey = refusal.kind === "recovery_key";
    expect(field.element().getAttribute("aria-invalid")).toBe(blamesKey ? "true" : null);
  });

  it("offers to retry what may work next time, with the same key", async () => {
    const { field, button, error, server, screen } = await show();
    await field.fill(key);
    await button("Unlock").click();
    server.answer(fail({ kind: "network", detail: "" }));
    await button("Retry").click();
    await vi.waitFor(() => expect(server.given).toHaveLength(2));
    expect(server.given[1]?.text).toBe(key);
    server.answer(ok(report));
    await expect.element(screen.getByText("Your recovery key is right")).toBeVisible();
    expect(error.elements()).toEqual([]);
  });
});

describe("while typing", () => {
  it("counts quietly: incomplete is not an error", async () => {
    const { field, length } = await show();
    await field.fill(`${bare.slice(0, 4)} ${bare.slice(4, 7)}`);
    await expect.element(length).toHaveTextContent("7 of 48 characters");
    await expect.element(field).not.toHaveAttribute("aria-invalid");
    await field.fill(key);
    await expect.element(length).toHaveAttribute("data-complete", "true");
    await field.fill(key + key);
    await expect.element(length).toHaveTextContent("96 characters: too long, perhaps pasted twice");
  });

  it("names characters that cannot be right at once", async () => {
    const { field, screen } = await show();
    await field.fill("Es0l");
    await expect.element(screen.getByText(/never contains “0” or “l”/)).toBeVisible();
    await expect.element(field).toHaveAttribute("aria-invalid", "true");
  });

  it("takes the complaint back as soon as the text changes", async () => {
    const { field, button, error } = await show();
    await field.fill(typo);
    await button("Unlock").click();
    await expect.element(error).toBeVisible();
    await field.fill(key);
    expect(error.elements()).toEqual([]);
  });
});

describe("a right key", () => {
  it("goes out once, by Enter, with any white space left out, and is wiped afterwards", async () => {
    const { field, server, screen } = await show();
    await field.fill(`\u00A0${bare.slice(0, 20)}\u200B\t${bare.slice(20)} `);
    field.element().focus();
    await userEvent.keyboard("{Enter}{Enter}");
    await vi.waitFor(() => expect(server.given).toHaveLength(1));
    expect(server.given[0]?.text).toBe(key);
    expect(server.given[0]?.bytes).toEqual([...bytes]);
    expect(field.element()).toHaveProperty("value", expect.stringContaining(bare.slice(20)));
    server.answer(ok(report));
    await expect.element(screen.getByText("Your recovery key is right")).toBeVisible();
    expect(server.given).toHaveLength(1);
    expect([...(server.given[0]?.held ?? [1])]).toEqual(Array.from({ length: 32 }, () => 0));
  });

  it("is never written into the page", async () => {
    const { field, server, screen, button } = await show();
    await field.fill(key);
    await button("Unlock").click();
    await expect.element(button("Unlock")).toHaveAttribute("aria-busy", "true");
    expect(document.documentElement.outerHTML).not.toContain(key.slice(0, 9));
    server.answer(ok(report));
    await expect.element(screen.getByText("Your recovery key is right")).toBeVisible();
    expect(document.documentElement.outerHTML).not.toContain(key.slice(0, 9));
  });

  it("leads on: what holds, and the restore", async () => {
    const { field, server, screen, button, onRestore } = await show();
    await field.fill(key);
    await button("Unlock").click();
    server.answer(ok(report));
    await expect
      .element(screen.getByText("The key fits backup version 1 with 2,000 room keys."))
      .toBeVisible();
    await expect
      .element(screen.getByText("This device is verified by your identity."))
      .toBeVisible();
    await expect.element(screen.getByRole("heading", { level: 1 })).toHaveFocus();
    await button("Restore history").click();
    expect(onRestore).toHaveBeenCalledOnce();
  });

  it("without a backup leads to set-up, and does not speak of restoring", async () => {
    const { field, server, screen, button } = await show({ ...lockedFacts, backup: known(null) });
    await field.fill(key);
    await button("Unlock").click();
    const none = { deviceVerified: false, backup: "no_backup", version: null } as const;
    server.answer(ok({ ...none, openedBy: byDefaultKey }));
    await expect.element(screen.getByText("This device is not verified")).toBeVisible();
    expect(button("Restore history").elements()).toEqual([]);
    await button("Set up backup").click();
    await vi.waitFor(() => expect(window.location.hash).toBe("#/set-up"));
  });

  it("is not asked for where everything is open already", async () => {
    const { screen } = await show({});
    await expect
      .element(screen.getByText("This device is verified and can open the backup already"))
      .toBeVisible();
  });
});

describe("which key it was", () => {
  async function openWith(changes: Partial<UnlockReport>) {
    const shown = await show();
    await shown.field.fill(key);
    await shown.button("Unlock").click();
    shown.server.answer(ok({ ...report, ...changes }));
    return shown;
  }

  it("is not spoken of when it is the one that everybody has", async () => {
    const { screen } = await openWith({});
    await expect.element(screen.getByTestId("unlocked")).toBeVisible();
    expect(screen.getByTestId("opened-by").elements()).toEqual([]);
  });

  it("is named when it is another key of the account, by its name or its id", async () => {
    const other = { kind: "storage_key", keyId: "abcdefghijkl", isDefault: false } as const;
    const { screen } = await openWith({ openedBy: { ...other, name: "Old laptop" } });
    await expect
      .element(screen.getByTestId("opened-by"))
      .toMatchTextContent(/not the one it uses by default: Old laptop\.$/);
    const again = await openWith({ openedBy: { ...other, name: null } });
    await expect
      .element(again.screen.getByTestId("opened-by").last())
      .toMatchTextContent(/: abcdefgh\.$/);
  });

  it("is the backup's own: it opens the backup, and verifies nothing", async () => {
    const { screen } = await openWith({
      deviceVerified: false,
      openedBy: { kind: "decryption_key" },
    });
    await expect.element(screen.getByText("This key opens the backup")).toBeVisible();
    await expect.element(screen.getByText("This device is not verified")).toBeVisible();
    await expect.element(screen.getByText(/The backup’s own key cannot verify it/)).toBeVisible();
  });
});

describe("a passphrase", () => {
  const phrase = "  correct horse  battery staple ";

  async function showPassphrase() {
    const shown = await show(lockedFacts, withPassphrase);
    await shown.button("Use a passphrase").click();
    const field = shown.screen.getByLabelText("Passphrase", { exact: true });
    return { ...shown, field };
  }

  it("is offered where the account uses one, and where that is not known", async () => {
    const without = await show();
    expect(without.button("Use a passphrase").elements()).toEqual([]);
    const unread = await show(lockedFacts, { status: "unread" });
    expect(unread.button("Use a passphrase").elements()).toEqual([]);
    await expect
      .element(unread.screen.getByTestId("unlock").last())
      .toHaveAttribute("data-passphrase", "unknown");
    const failed = await show(lockedFacts, failedReading);
    await expect.element(failed.button("Use a passphrase")).toBeVisible();
  });

  it("goes out as it was typed, every space of it, and is wiped from the page", async () => {
    const { field, button, server, screen } = await showPassphrase();
    await expect.element(field).toHaveAttribute("type", "password");
    await field.fill(phrase);
    await button("Unlock").click();
    await expect.element(screen.getByTestId("deriving")).toMatchTextContent(/Deriving the key/);
    expect(server.phrases.map(({ passphrase }) => passphrase)).toEqual([phrase]);
    expect(document.documentElement.outerHTML).not.toContain("battery");
    server.answer(ok(report));
    await expect.element(screen.getByText("Your passphrase is right")).toBeVisible();
    expect(document.documentElement.outerHTML).not.toContain("battery");
  });

  it("says at the field what is wrong with it", async () => {
    const { field, button, server, error } = await showPassphrase();
    await button("Unlock").click();
    await expect.element(error).toMatchTextContent(/Enter your passphrase/);
    expect(server.phrases).toEqual([]);
    await field.fill(phrase);
    await button("Unlock").click();
    server.answer(fail({ kind: "passphrase", problem: { reason: "does_not_match" } }));
    await expect.element(error).toMatchTextContent(/not the passphrase of this account/);
    await expect.element(error).toHaveAttribute("data-code", "passphrase");
    await expect.element(field).toHaveAttribute("aria-invalid", "true");
    await expect.element(field).toHaveFocus();
    await expect.element(field).toHaveValue(phrase);
  });

  it("can be called off while the key is derived, and what comes late is dropped", async () => {
    const { field, button, server, screen } = await showPassphrase();
    await field.fill(phrase);
    await button("Unlock").click();
    await button("Cancel").click();
    expect(server.phrases[0]?.signal.aborted).toBe(true);
    server.answer(ok(report));
    await expect.element(button("Unlock")).not.toHaveAttribute("aria-busy");
    expect(screen.getByText("Your passphrase is right").elements()).toEqual([]);
    await button("Unlock").click();
    expect(server.phrases).toHaveLength(2);
  });

  it("is called off by leaving", async () => {
    const { field, button, server, screen } = await showPassphrase();
    await field.fill(phrase);
    await button("Unlock").click();
    await screen.unmount();
    expect(server.phrases[0]?.signal.aborted).toBe(true);
  });

  it("leaves nothing behind in the other field, either way", async () => {
    const { field, button, screen } = await showPassphrase();
    await field.fill(phrase);
    await button("Use the recovery key").click();
    const keyField = screen.getByLabelText("Recovery key", { exact: true });
    await expect.element(keyField).toHaveValue("");
    await keyField.fill(key);
    await button("Use a passphrase").click();
    await expect.element(screen.getByLabelText("Passphrase", { exact: true })).toHaveValue("");
  });

  it("that is a recovery key is taken as one", async () => {
    const { field, button, server } = await showPassphrase();
    await field.fill(key);
    await button("Unlock").click();
    await vi.waitFor(() => expect(server.given).toHaveLength(1));
    expect(server.phrases).toEqual([]);
  });

  it("typed into the key field is shown the way to its own", async () => {
    const { field, button, error } = await show(lockedFacts, withPassphrase);
    await field.fill("correct horse battery staple");
    await button("Unlock").click();
    await expect.element(error).toMatchTextContent(/choose “Use a passphrase” below/);
  });

  it("passes axe, also while a key is derived", async () => {
    const { field, button, screen } = await showPassphrase();
    expect((await axe.run(screen.container)).violations).toEqual([]);
    await field.fill(phrase);
    await button("Unlock").click();
    await expect.element(screen.getByTestId("deriving")).toBeVisible();
    expect((await axe.run(screen.container)).violations).toEqual([]);
  });
});

describe("the backup's own key, set by hand", () => {
  const base64 = btoa(String.fromCharCode(...bytes));

  async function showByHand() {
    const shown = await show();
    await shown.screen.getByText(/^Advanced/).click();
    return {
      ...shown,
      field: shown.screen.getByLabelText("Backup decryption key", { exact: true }),
    };
  }

  it.each([
    ["as base64", base64],
    ["in the recovery key's format", key],
  ])("%s goes out, is wiped, and leads on", async (_, text) => {
    const { field, button, server, screen } = await showByHand();
    await field.fill(text);
    await button("Use this key").click();
    await vi.waitFor(() => expect(server.keys).toHaveLength(1));
    expect(server.keys[0]?.bytes).toEqual([...bytes]);
    server.answer(ok({ ...report, openedBy: { kind: "decryption_key" } }));
    await expect.element(screen.getByText("This key opens the backup")).toBeVisible();
    expect([...(server.keys[0]?.held ?? [1])]).toEqual(Array.from({ length: 32 }, () => 0));
    expect(document.documentElement.outerHTML).not.toContain(base64.slice(0, 12));
  });

  it("says what is wrong with it, asks no server for what is no key, and keeps the text", async () => {
    const { field, button, server, error } = await showByHand();
    await field.fill("hunter2");
    await button("Use this key").click();
    await expect.element(error).toMatchTextContent(/not a backup decryption key/);
    expect(server.keys).toEqual([]);
    await field.fill(base64);
    await button("Use this key").click();
    const problem = { reason: "not_this_backup", version: backupVersion("4") } as const;
    server.answer(fail({ kind: "recovery_key", problem }));
    await expect.element(error).toMatchTextContent(/does not open backup version 4/);
    await expect.element(field).toHaveValue(base64);
    await expect.element(field).toHaveFocus();
  });

  it("passes axe unfolded and with an error", async () => {
    const { field, button, error, screen } = await showByHand();
    await field.fill("hunter2");
    await button("Use this key").click();
    await expect.element(error).toBeVisible();
    expect((await axe.run(screen.container)).violations).toEqual([]);
  });
});

describe("a key from a file", () => {
  const file = (content: string) => new File([content], "recovery-key.txt", { type: "text/plain" });

  it("is found between other lines and waits to be sent", async () => {
    const { screen, field, server, length } = await show();
    await screen
      .getByLabelText("Choose file")
      .upload(file(`Recovery key for @alice:example.org\r\n\r\n${key}\r\n`));
    await expect.element(field).toHaveValue(key);
    await expect.element(length).toHaveAttribute("data-complete", "true");
    expect(server.given).toEqual([]);
  });

  it("can be dropped", async () => {
    const { field } = await show();
    const data = new DataTransfer();
    data.items.add(file(key));
    const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
    field.element().dispatchEvent(drop);
    await expect.element(field).toHaveValue(key);
    expect(drop.defaultPrevented).toBe(true);
  });

  it("takes the place of an old complaint, whether it has a key or not", async () => {
    const { screen, field, button, error } = await show();
    await field.fill(typo);
    await button("Unlock").click();
    await expect.element(error).toBeInTheDocument();
    await screen.getByLabelText("Choose file").upload(file("shopping list: milk"));
    await expect.element(screen.getByText("No recovery key was found in this file.")).toBeVisible();
    expect(error.elements()).toEqual([]);
    await expect.element(field).not.toHaveAttribute("aria-invalid");
  });

  it("that has none, or is far too large, says so and changes nothing", async () => {
    const { screen, field } = await show();
    await field.fill("EsT");
    const choice = screen.getByLabelText("Choose file");
    await choice.upload(file("shopping list: milk"));
    await expect.element(screen.getByText("No recovery key was found in this file.")).toBeVisible();
    await choice.upload(file(key.padStart(70_000)));
    await expect.element(screen.getByText(/too large/)).toBeVisible();
    await expect.element(field).toHaveValue("EsT");
  });
});

describe("for everybody", () => {
  it("is masked, off limits to spell-checkers, translators and password stores", async () => {
    const { field, button } = await show();
    await field.fill(key);
    await expect.element(field).toHaveAttribute("type", "password");
    await expect.element(field).toHaveAttribute("spellcheck", "false");
    await expect.element(field).toHaveAttribute("translate", "no");
    await expect.element(field).toHaveAttribute("autocomplete", "off");
    await button("Show").click();
    await expect.element(field).toHaveAttribute("type", "text");
    await button("Hide").click();
    await expect.element(field).toHaveAttribute("type", "password");
  });

  it("works in keyboard order", async () => {
    const { field, button, screen } = await show();
    field.element().focus();
    for (const next of [button("Show"), button("Unlock"), screen.getByLabelText("Choose file")]) {
      await userEvent.tab();
      await expect.element(next).toHaveFocus();
    }
  });

  it("passes axe empty, wrong and done", async () => {
    const { field, button, error, server, screen } = await show();
    const violations = async () => (await axe.run(screen.container)).violations;
    expect(await violations()).toEqual([]);
    await field.fill(typo);
    await button("Unlock").click();
    await expect.element(error).toBeVisible();
    expect(await violations()).toEqual([]);
    await field.fill(key);
    await button("Unlock").click();
    server.answer(ok(report));
    await expect.element(screen.getByText("Your recovery key is right")).toBeVisible();
    expect(await violations()).toEqual([]);
  });
});
