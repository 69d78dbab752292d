import "@/app/global.css";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import type { DeviceStateInputs } from "@/domain/deviceState";
import { NO_KEY_WAIT } from "@/domain/keyWait";
import { UNREAD } from "@/domain/reading";
import { fail } from "@/domain/result";
import type { OwnDevice, VerificationEnding, VerificationState } from "@/domain/verification";
import {
  aBackup,
  backupVersion,
  failedReading,
  known,
  noSecretStorage,
  offline,
  readyIdentity,
} from "@/testing/facts";
import { asked, FakeVerification, incoming, laptop } from "@/testing/FakeVerification";
import { anOverview } from "@/testing/overview";
import { VerifyView, type VerifyViewProps } from "./VerifyView";

const newcomerFacts: Partial<DeviceStateInputs> = {
  backup: known(aBackup({ count: 2000 })),
  trust: known({ signature: "untrusted", key: "absent" }),
  crossSigning: known({ ...readyIdentity, deviceVerified: false }),
};
const unverified: OwnDevice = {
  ...laptop,
  deviceId: "TABLET",
  name: "Tablet",
  standing: "unverified",
};
const methods = { emoji: true, showCode: false, scanCode: false };
const emoji = ["🐶", "🐱", "🦁", "🐎", "🦄", "🐷", "🐘"].map((symbol, index) => ({
  symbol,
  name: ["Dog", "Cat", "Lion", "Horse", "Unicorn", "Pig", "Elephant"][index] ?? "",
}));

async function show(
  changes: Partial<VerifyViewProps> = {},
  facts: Partial<DeviceStateInputs> = newcomerFacts,
) {
  const verification = new FakeVerification();
  const onAskForKeyAgain = vi.fn(async () => undefined);
  const onRestore = vi.fn();
  const onCheckDevices = vi.fn();
  const view = (more: Partial<VerifyViewProps> = {}) => (
    <main>
      <VerifyView
        overview={anOverview(facts)}
        deviceId="NEWDEVICE"
        devices={known([laptop])}
        onCheckDevices={onCheckDevices}
        state={{ kind: "none" }}
        keyWait={NO_KEY_WAIT}
        verification={verification}
        canScan={async () => false}
        onAskForKeyAgain={onAskForKeyAgain}
        onRestore={onRestore}
        {...changes}
        {...more}
      />
    </main>
  );
  const screen = await render(view());
  return {
    screen,
    verification,
    onAskForKeyAgain,
    onRestore,
    onCheckDevices,
    view,
    root: screen.getByTestId("verification"),
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

describe("whom to ask", () => {
  it("is looked for first", async () => {
    const { screen, buttons } = await show({ devices: UNREAD });
    await expect.element(screen.getByText("Looking for your other devices…")).toBeVisible();
    expect(buttons()).toEqual([]);
  });

  it("names the device with its last activity, and asks it", async () => {
    const { screen, button, verification } = await show();
    const device = screen.getByTestId("own-device");
    await expect
      .element(device)
      .toMatchTextContent(/Laptop.*Verified.*Last active .* years ago.*Device id LAPTOP\./);
    await button("Ask Laptop").click();
    expect(verification.log).toEqual(["request LAPTOP"]);
  });

  it("offers each of several, and all of them, with a camera where there is one", async () => {
    const second = { ...laptop, deviceId: "DESK", name: "Desktop" };
    const { button, verification } = await show({
      devices: known([laptop, second, unverified]),
      canScan: async () => true,
    });
    await button("Ask all of them").click();
    await button("Ask Desktop").click();
    expect(verification.log).toEqual(["request all with camera", "request DESK with camera"]);
  });

  it.each<[string, OwnDevice[], RegExp]>([
    ["no other device", [], /not signed in on any other device/],
    ["none verified", [unverified], /None of your other devices is verified/],
    ["only a stand-in", [{ ...laptop, standing: "dehydrated" }], /not signed in on any other/],
  ])("%s: says so, with the other way", async (_, devices, words) => {
    const { screen, onCheckDevices, button, buttons } = await show({ devices: known(devices) });
    await expect.element(screen.getByTestId("no-helper")).toMatchTextContent(words);
    expect(buttons()).toEqual(["Check again"]);
    await button("Check again").click();
    expect(onCheckDevices).toHaveBeenCalledOnce();
    await expect
      .element(screen.getByRole("link", { name: "Enter recovery key" }))
      .toHaveAttribute("href", "#/unlock");
  });

  it("offers no recovery key to an account that has none, and does not end in a circle", async () => {
    const { screen } = await show(
      { devices: known([]) },
      { ...newcomerFacts, secretStorage: known(noSecretStorage) },
    );
    await expect
      .element(screen.getByTestId("no-helper"))
      .toMatchTextContent("no recovery key of your account is known");
    expect(screen.getByRole("link", { name: "Enter recovery key" }).elements()).toEqual([]);
    await screen.getByText("I have no such device any more").click();
    await expect
      .element(screen.getByRole("link", { name: "Manage backup" }))
      .toHaveAttribute("href", "#/manage");
  });

  it("never says that there is none when it could not look", async () => {
    const { screen, button, onCheckDevices } = await show({ devices: failedReading });
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "network");
    expect(screen.getByTestId("no-helper").elements()).toEqual([]);
    await button("Retry").click();
    expect(onCheckDevices).toHaveBeenCalledOnce();
  });

  it("on a device that needs no help offers to help the others", async () => {
    const { screen, button, verification, buttons } = await show(
      { devices: known([laptop, unverified]) },
      {},
    );
    await expect.element(screen.getByText(/verified and opens the backup already/)).toBeVisible();
    expect(buttons()).toEqual(["Verify"]);
    await button("Verify Tablet").click();
    expect(verification.log).toEqual(["request TABLET"]);
  });

  it("shows names as text, cut and isolated", async () => {
    const name = `<b>\u202e${"x".repeat(10_000)}`;
    const { screen } = await show({ devices: known([{ ...laptop, name }]) });
    const shown = screen.getByTestId("own-device").element().querySelector("bdi");
    expect(shown?.textContent?.length).toBeLessThan(60);
    expect(shown?.textContent).toContain("<b>");
  });
});

describe("while it goes on", () => {
  const waiting: [VerificationState, RegExp, string[]][] = [
    [{ kind: "asking" }, /Sending the request/, ["Cancel"]],
    [
      { kind: "requested", flow: asked },
      /On Laptop, accept the request to verify\..*names this device: id NEWDEVICE/,
      ["Ask again", "Cancel"],
    ],
    [{ kind: "preparing", flow: asked }, /Exchanging keys/, ["Cancel"]],
    [{ kind: "confirmed", flow: asked }, /Now confirm on Laptop/, ["Cancel"]],
    [{ kind: "incoming", flow: incoming }, /Answer its request at the top/, []],
  ];

  it.each(waiting)("$kind: says what is awaited, with a way out", async (state, words, names) => {
    const { root, buttons } = await show({ state });
    await expect.element(root).toHaveAttribute("data-state", state.kind);
    await expect.element(root).toMatchTextContent(words);
    expect(buttons()).toEqual(names);
  });

  it("cancels, and asks the same device again", async () => {
    const { button, verification } = await show({ state: { kind: "requested", flow: asked } });
    await button("Cancel").click();
    await button("Ask again").click();
    expect(verification.log).toEqual(["cancel", "request LAPTOP"]);
  });

  it("shows seven emoji with their names in order, and takes one answer", async () => {
    const { screen, button, verification } = await show({
      state: { kind: "comparing", flow: asked, sas: { kind: "emoji", emoji } },
    });
    const items = screen.getByTestId("sas").getByRole("listitem");
    expect(items.elements().map((item) => item.lastElementChild?.textContent)).toEqual(
      emoji.map(({ name }) => name),
    );
    await button("They match").click();
    await button("They do not match").click();
    expect(verification.log).toEqual(["confirm", "reject"]);
  });

  it("shows numbers where the other side has no emoji", async () => {
    const sas = { kind: "numbers", numbers: [1234, 5678, 9012] } as const;
    const { screen } = await show({ state: { kind: "comparing", flow: asked, sas } });
    await expect.element(screen.getByTestId("sas")).toHaveTextContent("1234 5678 9012");
  });

  it("asks whether it was the other device that scanned", async () => {
    const { button, verification } = await show({ state: { kind: "scanned_there", flow: asked } });
    await button("Yes, it does").click();
    await button("No").click();
    expect(verification.log).toEqual(["confirm", "reject"]);
  });

  it("offers only the ways that both have", async () => {
    const { buttons, button, verification, screen } = await show({
      state: { kind: "choosing", flow: asked, methods },
    });
    expect(buttons()).toEqual(["Compare emoji", "Cancel"]);
    expect(screen.getByTestId("verification-code").elements()).toEqual([]);
    await button("Compare emoji").click();
    expect(verification.log).toEqual(["startEmoji"]);
  });

  it("takes the focus along when the pressed button is gone", async () => {
    const { screen, button, view } = await show({ state: { kind: "requested", flow: asked } });
    await button("Cancel").click();
    const ending: VerificationEnding = { reason: "cancelled_here" };
    await screen.rerender(view({ state: { kind: "ended", flow: asked, ending } }));
    await expect
      .element(screen.getByRole("heading", { name: "The verification has ended" }))
      .toHaveFocus();
  });

  it("tells listeners of each step", async () => {
    const { screen, view } = await show({ state: { kind: "requested", flow: asked } });
    await screen.rerender(view({ state: { kind: "choosing", flow: asked, methods } }));
    const region = document.querySelector("[aria-live=polite]");
    await vi.waitFor(() => expect(region?.textContent).toContain("Both devices are ready"));
  });
});

describe("the ends", () => {
  const endings: [VerificationEnding, RegExp][] = [
    [{ reason: "cancelled_here" }, /You cancelled the verification/],
    [{ reason: "cancelled_there" }, /The other device cancelled/],
    [{ reason: "timed_out" }, /took too long/],
    [{ reason: "mismatch" }, /did not show the same.*no key was sent/],
    [{ reason: "accepted_elsewhere" }, /Another of your devices has taken/],
    [{ reason: "unsupported" }, /no way to verify each other/],
    [{ reason: "crossed" }, /asked at the same time/],
    [{ reason: "failed", code: "m.invalid_message", error: null }, /m\.invalid_message/],
    [{ reason: "failed", code: null, error: offline }, /homeserver cannot be reached/],
    [
      { reason: "failed", code: null, error: { kind: "verification", reason: "no_helper" } },
      /no device to ask/,
    ],
  ];

  it.each(endings)("%j: is said, and can be tried again", async (ending, words) => {
    const { root, button, verification } = await show({
      state: { kind: "ended", flow: asked, ending },
    });
    await expect.element(root).toHaveAttribute("data-end", ending.reason);
    await expect.element(root).toMatchTextContent(words);
    await button("Try again").click();
    expect(verification.log).toEqual(["request LAPTOP"]);
    await button("Choose a device").click();
    expect(verification.log.at(-1)).toBe("dismiss");
  });

  it("alarms at a mismatch alone", async () => {
    for (const [ending] of endings) {
      const { screen } = await show({ state: { kind: "ended", flow: asked, ending } });
      const alarms = screen.getByRole("alert").elements();
      expect(alarms.length, ending.reason).toBe(ending.reason === "mismatch" ? 1 : 0);
      await screen.unmount();
    }
  });

  it("of a mismatch does not invite to enter the recovery key", async () => {
    const ending: VerificationEnding = { reason: "mismatch" };
    const { screen, root } = await show({ state: { kind: "ended", flow: asked, ending } });
    await expect.element(root).toBeVisible();
    expect(screen.getByRole("link").elements()).toEqual([]);
  });

  it("of another device's request are its to try again", async () => {
    const ending: VerificationEnding = { reason: "cancelled_there" };
    const { buttons } = await show({ state: { kind: "ended", flow: incoming, ending } });
    expect(buttons()).toEqual(["Dismiss"]);
  });
});

describe("after it", () => {
  const verified: VerificationState = { kind: "verified", flow: asked };

  it("waits for the key", async () => {
    const { screen, buttons } = await show({ state: verified, keyWait: { kind: "waiting" } });
    await expect.element(screen.getByTestId("key-wait")).toHaveAttribute("data-state", "waiting");
    await expect.element(screen.getByText("Waiting for the key…")).toBeVisible();
    expect(buttons()).toEqual([]);
  });

  it("offers the other ways when the key is late", async () => {
    const { button, onAskForKeyAgain, screen } = await show({
      state: verified,
      keyWait: { kind: "late", error: offline },
    });
    await expect.element(screen.getByTestId("key-late")).toMatchTextContent(/cannot be reached/);
    await button("Ask again").click();
    expect(onAskForKeyAgain).toHaveBeenCalledOnce();
    await button("Enter recovery key").click();
    await vi.waitFor(() => expect(window.location.hash).toBe("#/unlock"));
  });

  it("says what holds by fresh reads, and restores with one press", async () => {
    const { screen, button, onRestore } = await show(
      { state: verified, keyWait: { kind: "arrived", version: backupVersion("1") } },
      { backup: known(aBackup({ count: 2000 })) },
    );
    await expect
      .element(screen.getByText("This device is verified by your identity."))
      .toBeVisible();
    await expect
      .element(screen.getByTestId("key-wait"))
      .toMatchTextContent(/fits backup version 1 with 2,000 room keys/);
    await button("Restore history").click();
    expect(onRestore).toHaveBeenCalledOnce();
  });

  it("does not claim the verification before the server shows it", async () => {
    const { screen } = await show({
      state: verified,
      keyWait: { kind: "arrived", version: backupVersion("1") },
    });
    await expect.element(screen.getByText(/has not reached the server yet/)).toBeVisible();
  });

  it("leads to set-up when there is no backup whose key could come", async () => {
    const { button } = await show({ state: verified, keyWait: { kind: "no_backup" } });
    await button("Set up backup").click();
    await vi.waitFor(() => expect(window.location.hash).toBe("#/set-up"));
  });

  it("tells a helper that it is done", async () => {
    const { screen, button, verification } = await show({
      state: { kind: "verified", flow: { ...incoming, role: "helper" } },
    });
    await expect.element(screen.getByTestId("verified")).toMatchTextContent(/New phone gets the/);
    await button("Done").click();
    expect(verification.log).toEqual(["dismiss"]);
  });
});

describe("for everybody", () => {
  const sas = { kind: "emoji", emoji } as const;
  const screens: [string, Partial<VerifyViewProps>][] = [
    ["start", { devices: known([laptop, unverified]) }],
    ["nobody", { devices: known([]) }],
    ["failed", { devices: failedReading }],
    ["requested", { state: { kind: "requested", flow: asked } }],
    ["choosing", { state: { kind: "choosing", flow: asked, methods } }],
    ["comparing", { state: { kind: "comparing", flow: asked, sas } }],
    ["mismatch", { state: { kind: "ended", flow: asked, ending: { reason: "mismatch" } } }],
    ["late", { state: { kind: "verified", flow: asked }, keyWait: { kind: "late", error: null } }],
  ];

  it.each(screens)("%s passes axe and fits 320 pixels", async (_, changes) => {
    await page.viewport(320, 640);
    const { screen, root } = await show(changes);
    await expect.element(root).toBeVisible();
    const { violations } = await axe.run(screen.container);
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
    await page.viewport(414, 896);
  });

  it("works by keyboard", async () => {
    const { verification, root } = await show({ state: { kind: "comparing", flow: asked, sas } });
    await expect.element(root).toBeVisible();
    await userEvent.tab();
    await userEvent.keyboard("{Enter}");
    await vi.waitFor(() => expect(verification.log).toEqual(["confirm"]));
  });
});

it("a step is busy as long as it runs, and a second press does nothing", async () => {
  const verification = new FakeVerification();
  const gate = Promise.withResolvers<void>();
  Object.assign(verification, {
    confirm: async () => {
      verification.log.push("confirm");
      await gate.promise;
      return fail(offline);
    },
  });
  const { button } = await show({ verification, state: { kind: "scanned_there", flow: asked } });
  await button("Yes, it does").click();
  await button("Yes, it does").click({ force: true });
  expect(verification.log).toEqual(["confirm"]);
  gate.resolve();
  await expect.element(button("Yes, it does")).not.toHaveAttribute("aria-busy");
});
