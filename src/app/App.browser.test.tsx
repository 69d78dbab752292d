import "@/app/global.css";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import type { AppError } from "@/domain/errors";
import { fail, ok } from "@/domain/result";
import { createActiveApp, createTestApp, type TestApp } from "@/testing/createTestApp";
import { aBackup, alice, trustedBackup } from "@/testing/facts";
import { incoming } from "@/testing/FakeVerification";
import { TestProviders } from "@/testing/TestProviders";
import { App } from "./App";

async function show(app: Pick<TestApp, "services" | "queryClient">) {
  const screen = await render(
    <TestProviders app={app}>
      <App config={{ defaultHomeserver: "example.org", homeserver: null, oauthClientIds: {} }} />
    </TestProviders>,
  );
  const button = (name: string) => screen.getByRole("button", { name, exact: true });
  return { screen, button, main: screen.getByRole("main") };
}

const faults = async () => (await axe.run(document.body)).violations;

beforeEach(() => {
  window.location.hash = "";
});
afterEach(() => {
  document.title = "";
});

describe("the focus", () => {
  it("goes to the screen's heading when what had it is gone", async () => {
    const app = await createActiveApp(({ keyBackup }) => {
      keyBackup.backup = ok(aBackup());
    });
    const { screen, button } = await show(app);
    app.live.verification.enter({ kind: "incoming", flow: incoming });
    await button("It was not me").click();
    await expect.element(screen.getByRole("heading", { level: 1 })).toHaveFocus();
    await button("Dismiss").click();
    await expect.element(screen.getByRole("heading", { level: 1 })).toHaveFocus();
  });

  it("stays the page's when the person gave it to the page", async () => {
    const { screen, button } = await show(await createActiveApp());
    const checks = button("Check again");
    await expect.element(checks).toBeVisible();
    checks.element().focus();
    checks.element().blur();
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    screen.getByRole("main").element().append(document.createElement("p"));
    await Promise.resolve();
    vi.advanceTimersByTime(1_000);
    vi.useRealTimers();
    expect(document.activeElement).toBe(document.body);
  });
});

describe("keys of a device that the server ended", () => {
  it("are said to be here once they are, until that is put away", async () => {
    const app = await createActiveApp();
    const { screen, button } = await show(app);
    const note = screen.getByTestId("carry-over");
    app.live.emit({ kind: "carry_over", state: "running" });
    expect(note.elements()).toEqual([]);
    app.live.emit({ kind: "carry_over", state: "none", carried: 3 });
    await expect.element(note).toMatchTextContent("are on this one now");
    app.live.emit({ kind: "carry_over", state: "none", carried: 0 });
    await expect.element(note).not.toBeInTheDocument();
    app.live.emit({ kind: "carry_over", state: "none", carried: 3 });
    await expect.element(note).toBeVisible();
    expect(await faults()).toEqual([]);
    await button("Dismiss").click();
    await expect.element(note).not.toBeInTheDocument();
  });

  it("name the step that brings the rest, which is not said to be room keys", async () => {
    const app = await createActiveApp();
    const { screen, button } = await show(app);
    app.live.emit({ kind: "carry_over", state: "incomplete", missing: ["identity"] });
    const note = screen.getByTestId("carry-over");
    await expect.element(note).toMatchTextContent("Its room keys are on this device.");
    await expect.element(note).toMatchTextContent("Enter your recovery key, or verify this device");
    await expect.element(note).not.toMatchTextContent(/Not all keys|next opened|Reload/);
    expect(await faults()).toEqual([]);
    await note.getByRole("button", { name: "Enter recovery key" }).click();
    expect(window.location.hash).toBe("#/unlock");
    await expect.element(note.getByRole("button")).not.toBeInTheDocument();
    app.live.emit({ kind: "carry_over", state: "incomplete", missing: ["unread"] });
    await expect.element(note).toMatchTextContent("could not be read");
    await expect.element(button("Reload")).toBeVisible();
  });

  it("are said not to be here while some are not", async () => {
    const app = await createActiveApp();
    const { screen } = await show(app);
    app.live.emit({ kind: "carry_over", state: "incomplete", missing: ["room_keys"] });
    await expect.element(screen.getByTestId("carry-over")).toMatchTextContent("Do not sign out");
    expect(await faults()).toEqual([]);
  });
});

describe("which screen is shown", () => {
  it("none of substance before it is known who is signed in", async () => {
    const { screen, main } = await show(createTestApp());
    await expect.element(main).toMatchTextContent("Starting…");
    expect(screen.getByRole("heading").elements()).toEqual([]);
    expect(document.title).toBe("Key Backup");
  });

  it("sign-in, with the homeserver of the config", async () => {
    const app = createTestApp();
    app.session.start();
    const { screen } = await show(app);
    await expect.element(screen.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await expect
      .element(screen.getByRole("textbox", { name: "Homeserver" }))
      .toHaveValue("example.org");
    expect(document.title).toBe("Sign in – Key Backup");
    expect(await faults()).toEqual([]);
  });

  it("what is going on while the session is opened", async () => {
    const app = createTestApp(alice);
    const release = app.gateway.hold();
    app.session.start();
    const { screen } = await show(app);
    await expect.element(screen.getByText("Opening your encrypted store…")).toBeVisible();
    expect(await faults()).toEqual([]);
    release();
    await expect.element(screen.getByTestId("device-state")).toBeVisible();
  });

  it("the tab lock, and the session once it is taken over", async () => {
    const app = createTestApp(alice);
    app.lock.heldElsewhere = true;
    app.session.start();
    const { screen, button } = await show(app);
    await expect.element(screen.getByTestId("tab-lock")).toBeVisible();
    expect(await faults()).toEqual([]);
    await button("Use here").click();
    await expect.element(screen.getByTestId("device-state")).toBeVisible();
  });

  it("the tab lock with what goes on in the other tab, and that it is gone", async () => {
    const app = createTestApp(alice);
    app.lock.heldElsewhere = true;
    app.session.start();
    const { screen } = await show(app);
    const lock = screen.getByTestId("tab-lock");
    await expect.element(lock).toHaveAttribute("data-other", "silent");
    const tell = (restore: unknown): void =>
      app.lock.tell({ kind: "held", status: { userId: alice.userId, restore } });
    tell(null);
    await expect.element(lock).toMatchTextContent(alice.userId);
    await expect.element(lock).not.toMatchTextContent(/restor/);
    app.lock.tell({ kind: "held", status: { userId: null, restore: null } });
    await expect.element(lock).toMatchTextContent("In the other tab nobody is signed in.");
    await expect.element(lock).not.toMatchTextContent("keep your keys safe");
    tell({ done: 1_200, total: 5_000 });
    await expect.element(lock).toMatchTextContent("1,200 of 5,000 keys");
    await expect.element(lock).toHaveAttribute("data-restoring", "true");
    expect(await faults()).toEqual([]);
    app.lock.tell({ kind: "free" });
    await expect.element(lock).toMatchTextContent("The other tab is gone");
    expect(await faults()).toEqual([]);
  });

  it("the tab lock in other words when another tab took the session over", async () => {
    const app = await createActiveApp();
    const { screen } = await show(app);
    await expect.element(screen.getByTestId("device-state")).toBeVisible();
    await app.lock.giveToAnotherTab();
    await expect
      .element(screen.getByRole("heading", { name: "Continued in another tab" }))
      .toHaveFocus();
  });

  it("the tab lock says nothing of a restore that was this tab’s", async () => {
    const app = await createActiveApp(({ keyBackup }) => {
      keyBackup.backup = ok(aBackup());
    });
    const { screen } = await show(app);
    await expect.element(screen.getByTestId("device-state")).toBeVisible();
    app.restore.start();
    const region = screen.getByText("Restore started");
    await expect.element(region).toBeInTheDocument();
    await app.lock.giveToAnotherTab();
    await expect.element(screen.getByTestId("tab-lock")).toBeVisible();
    expect(document.body.textContent).not.toMatch(/restore (is|was|has been)|paused|Restore/);
    expect(document.title).not.toMatch(/restore/i);
  });
});

describe("a sign-in on another page that came to nothing", () => {
  const problem: AppError = { kind: "sign_in", reason: "session_stored", host: null };

  it("is said above whatever is shown, and can be put away", async () => {
    const app = await createActiveApp();
    app.store.setState({ signInProblem: problem });
    const { screen, button } = await show(app);
    const alert = screen.getByTestId("error");
    await expect.element(alert).toHaveAttribute("data-code", "session_stored");
    await expect.element(screen.getByTestId("device-state")).toBeVisible();
    expect(await faults()).toEqual([]);
    await button("Dismiss").click();
    await expect.element(alert).not.toBeInTheDocument();
  });
});

describe("coming back from another page", () => {
  const begun = { homeserver: "elsewhere.test", memoryOnly: true };
  const offer = { password: false, sso: [{ id: "one", name: "One" }], oauth: null };
  const cancelled: AppError = { kind: "sign_in", reason: "cancelled", host: "elsewhere.test" };

  function leftFor(redirected: TestApp["gateway"]["redirected"]) {
    const app = createTestApp();
    app.gateway.redirected = redirected;
    const { found } = app.gateway;
    if (found.ok) app.gateway.found = ok({ ...found.value, offer });
    return app;
  }

  it("without having signed in, the form is as it was, and a second try stores nothing either", async () => {
    const app = leftFor(fail(cancelled));
    app.session.start(null, begun);
    const { screen, button } = await show(app);
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "cancelled");
    await expect.element(screen.getByRole("heading", { name: "Sign in" })).toHaveFocus();
    const homeserver = screen.getByRole("textbox", { name: "Homeserver" });
    await expect.element(homeserver).toHaveValue("elsewhere.test");
    await expect.element(screen.getByRole("checkbox")).toBeChecked();
    await button("Continue with One").click();
    await vi.waitFor(() => expect(app.gateway.redirects).toMatchObject([{ memoryOnly: true }]));
    await expect.element(screen.getByTestId("error")).not.toBeInTheDocument();
    expect(await faults()).toEqual([]);
  });

  it("says where the wait is, in words, title and to listeners, and begins anew at a heading", async () => {
    const app = leftFor(fail({ kind: "server", status: 503, errcode: null, message: null }));
    const release = app.gateway.holdRedirect();
    app.session.start({ kind: "sso", state: "s", loginToken: "secret" }, begun);
    const { screen } = await show(app);
    await expect
      .element(screen.getByRole("status"))
      .toMatchTextContent("Signing you in at elsewhere.test…");
    expect(document.title).toBe("Signing you in – Key Backup");
    expect(await faults()).toEqual([]);
    release();
    await expect.element(screen.getByRole("heading", { name: "Sign in" })).toHaveFocus();
    await expect
      .element(screen.getByTestId("error"))
      .toMatchTextContent("Signing in at elsewhere.test has to be begun again");
    await expect.element(screen.getByRole("checkbox")).toBeChecked();
  });
});

describe("inside a session", () => {
  it("says who is signed in, and moves between the screens with focus and title", async () => {
    const app = await createActiveApp();
    const { screen } = await show(app);
    await expect.element(screen.getByText(alice.userId, { exact: true })).toBeVisible();
    await expect
      .element(screen.getByRole("link", { name: "Overview" }))
      .toHaveAttribute("aria-current", "page");
    await screen.getByRole("link", { name: "Rooms" }).click();
    await expect.element(screen.getByRole("heading", { level: 1, name: "Rooms" })).toHaveFocus();
    await expect
      .element(screen.getByRole("link", { name: "Rooms" }))
      .toHaveAttribute("aria-current", "page");
    expect(document.title).toBe("Rooms – Key Backup");
    window.location.hash = "#/set-up";
    await expect.element(screen.getByRole("heading", { name: "Set up backup" })).toHaveFocus();
    expect(document.title).toBe("Set up backup – Key Backup");
  });

  it("the skip link leads to the content and not to another route", async () => {
    const { screen, main } = await show(await createActiveApp());
    const skip = screen.getByRole("link", { name: "Skip to content" }).element();
    if (skip instanceof HTMLElement) skip.click();
    await expect.element(main).toHaveFocus();
    expect(window.location.hash).toBe("");
  });

  it("signing out names the keys that would be lost", async () => {
    const app = await createActiveApp(({ keyBackup }) => {
      keyBackup.backup = ok(aBackup());
      keyBackup.trust = ok(trustedBackup);
      keyBackup.roomKeys = ok({ total: 12, backedUp: 5 });
    });
    const { screen, button } = await show(app);
    await button("Sign out").click();
    const dialog = screen.getByRole("dialog");
    await expect.element(dialog).toMatchTextContent("7 room keys on this device are not in");
    expect(await faults()).toEqual([]);
    await button("Stay signed in").click();
    await expect.element(dialog).not.toBeInTheDocument();
    expect(app.live.log).toEqual([]);
    await button("Sign out").click();
    await button("Sign out anyway").click();
    await expect.element(screen.getByText("You are signed out")).toBeVisible();
    expect(app.live.log).toContain("signOut");
  });

  it("signing out says when the number is not known", async () => {
    const app = await createActiveApp(({ keyBackup }) => {
      keyBackup.roomKeys = { ok: false, error: { kind: "timeout", detail: "" } };
    });
    const { screen, button } = await show(app);
    await button("Sign out").click();
    await expect.element(screen.getByRole("dialog")).toMatchTextContent("It is not known whether");
    await expect.element(button("Sign out anyway")).toBeVisible();
  });

  it("the next person starts at the overview", async () => {
    window.location.hash = "#/rooms";
    const app = await createActiveApp();
    const { screen } = await show(app);
    await expect.element(screen.getByRole("heading", { level: 1, name: "Rooms" })).toBeVisible();
    await app.session.signOut();
    await expect.element(screen.getByRole("heading", { name: "Sign in" })).toHaveFocus();
    expect(window.location.hash).toBe("#/");
  });
});

describe("an authorization server", () => {
  it("has a page for the account, which opens beside the app", async () => {
    const app = await createActiveApp((session) => {
      session.oauth = {
        issuer: "https://auth.test/",
        tokenEndpoint: "https://auth.test/token",
        revocationEndpoint: "https://auth.test/revoke",
        registrationEndpoint: null,
        accountUrl: "https://auth.test/account",
      };
    });
    const { screen } = await show(app);
    const link = screen.getByRole("link", { name: "Account page" });
    await expect.element(link).toHaveAttribute("href", "https://auth.test/account");
    await expect.element(link).toHaveAttribute("rel", "noopener noreferrer");
    expect(await faults()).toEqual([]);
  });

  it("is the way back into an expired session where no password is taken", async () => {
    const app = createTestApp(alice);
    app.gateway.openError = { kind: "signed_out", soft: true };
    const { found } = app.gateway;
    const offer = { password: false, sso: null, oauth: { host: "auth.test" } };
    if (found.ok) app.gateway.found = ok({ ...found.value, offer });
    app.session.start();
    const { screen, button } = await show(app);
    await button("Continue with auth.test").click();
    await vi.waitFor(() => expect(app.left).toEqual(["https://elsewhere.test/"]));
    expect(app.gateway.redirects).toMatchObject([
      { way: { kind: "oauth" }, deviceId: alice.deviceId },
    ]);
    await expect.element(screen.getByLabelText("Password")).not.toBeInTheDocument();
    expect(await faults()).toEqual([]);
  });
});

describe("when the session has expired", () => {
  async function expired() {
    const app = await createActiveApp();
    const shown = await show(app);
    app.live.emit({ kind: "signed_out", soft: true });
    await expect
      .element(shown.screen.getByRole("heading", { name: "Your session has expired" }))
      .toHaveFocus();
    return { app, ...shown, password: shown.screen.getByLabelText("Password", { exact: true }) };
  }

  it("the password is asked again and the same device goes on", async () => {
    const { app, screen, button, password } = await expired();
    expect(await faults()).toEqual([]);
    await button("Sign in").click();
    await expect.element(password).toHaveFocus();
    await expect.element(password).toHaveAccessibleDescription(/Enter your password/);
    await password.fill("wonderland");
    await button("Sign in").click();
    await expect.element(screen.getByTestId("device-state")).toBeVisible();
    expect(app.gateway.signIns.map((request) => request.deviceId)).toEqual([alice.deviceId]);
  });

  it("a wrong password is said, and nothing is removed", async () => {
    const { app, screen, button, password } = await expired();
    app.gateway.signInError = { kind: "wrong_password" };
    await password.fill("oops");
    await button("Sign in").click();
    await expect
      .element(screen.getByTestId("error"))
      .toHaveAttribute("data-code", "wrong_password");
    await expect.element(password).toHaveFocus();
    expect(app.gateway.stored).toEqual(alice);
  });

  it("leaving says first what goes", async () => {
    const { app, screen, button } = await expired();
    await button("Sign out anyway").click();
    const dialog = screen.getByRole("dialog");
    await expect.element(dialog).toMatchTextContent(alice.deviceId);
    expect(await faults()).toEqual([]);
    expect(app.gateway.stored).toEqual(alice);
    await dialog.getByRole("button", { name: "Sign out anyway" }).click();
    await expect.element(screen.getByRole("heading", { name: "Sign in" })).toBeVisible();
    expect(app.gateway.stored).toBeNull();
  });
});

describe("when the server ended the session", () => {
  async function ended() {
    const app = await createActiveApp();
    const shown = await show(app);
    app.live.emit({ kind: "signed_out", soft: false });
    await expect
      .element(shown.screen.getByRole("heading", { name: "This session was ended" }))
      .toHaveFocus();
    return { app, ...shown, password: shown.screen.getByLabelText("Password", { exact: true }) };
  }

  it("says so, and that the keys are still here, and removes nothing", async () => {
    const { app, screen, main } = await ended();
    await expect.element(main).toMatchTextContent("The homeserver ended this session");
    await expect
      .element(screen.getByText("Any room keys of this session are still in this browser."))
      .toBeVisible();
    await expect.element(main).toMatchTextContent(alice.userId);
    await expect.element(main).toMatchTextContent(new URL(alice.homeserverUrl).host);
    expect(document.title).toBe("This session was ended – Key Backup");
    expect(await faults()).toEqual([]);
    expect(app.gateway).toMatchObject({ stored: alice, ended: true });
  });

  it("the password leads to a new device of the same user", async () => {
    const { app, screen, button, password } = await ended();
    await button("Sign in").click();
    await expect.element(password).toHaveFocus();
    await password.fill("wonderland");
    await button("Sign in").click();
    await expect.element(screen.getByTestId("device-state")).toBeVisible();
    expect(app.gateway.signIns).toMatchObject([{ username: alice.userId }]);
    expect(app.gateway.signIns[0]).not.toHaveProperty("deviceId");
    expect(app.gateway.endedDevices).toEqual([alice.deviceId]);
  });

  it("a wrong password is said, and nothing is removed", async () => {
    const { app, screen, button, password } = await ended();
    app.gateway.signInError = { kind: "wrong_password" };
    await password.fill("oops");
    await button("Sign in").click();
    const error = screen.getByTestId("error");
    await expect.element(error).toHaveAttribute("data-code", "wrong_password");
    await expect.element(error).toMatchTextContent("If the account was deactivated");
    expect(app.gateway).toMatchObject({ stored: alice, ended: true });
  });

  it("removing this browser’s data says first what goes", async () => {
    const { app, screen, button } = await ended();
    await button("Remove Key Backup’s data from this browser").click();
    const dialog = screen.getByRole("dialog");
    await expect.element(dialog).toMatchTextContent(alice.deviceId);
    await expect.element(dialog).toMatchTextContent("every room key kept here");
    expect(await faults()).toEqual([]);
    await dialog.getByRole("button", { name: "Keep everything" }).click();
    await expect.element(dialog).not.toBeInTheDocument();
    expect(app.gateway.stored).toEqual(alice);
    await button("Remove Key Backup’s data from this browser").click();
    await dialog
      .getByRole("button", { name: "Remove Key Backup’s data from this browser" })
      .click();
    await expect.element(screen.getByRole("heading", { name: "Sign in" })).toBeVisible();
    expect(app.gateway.stored).toBeNull();
  });

  it("signing out of the new device warns while keys of the ended one are not on it", async () => {
    const app = await createActiveApp();
    const { screen, button } = await show(app);
    app.live.emit({ kind: "carry_over", state: "incomplete", missing: ["room_keys"] });
    await button("Sign out").click();
    const dialog = screen.getByRole("dialog");
    await expect.element(dialog).toMatchTextContent("not all been carried over");
    await expect.element(button("Sign out anyway")).toBeVisible();
    expect(await faults()).toEqual([]);
  });
});

describe("a session of which nothing is stored", () => {
  async function typeIn({ screen }: Awaited<ReturnType<typeof show>>): Promise<void> {
    await screen.getByRole("textbox", { name: "Homeserver" }).fill("https://matrix.example.org");
    await screen.getByRole("textbox", { name: "Username" }).fill(alice.userId);
    await screen.getByLabelText("Password", { exact: true }).fill("wonderland");
  }

  async function submit(shown: Awaited<ReturnType<typeof show>>): Promise<void> {
    await shown.button("Sign in").click();
    await expect.element(shown.screen.getByTestId("device-state")).toBeVisible();
  }

  const asksBeforeLeaving = (): boolean => {
    const event = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(event);
    return event.defaultPrevented;
  };

  it("is asked for by a choice that says what it means, and says what it is while it lasts", async () => {
    const app = createTestApp();
    app.gateway.onOpen = ({ keyBackup }) => {
      keyBackup.roomKeys = ok({ total: 3, backedUp: 0 });
    };
    app.session.start();
    const shown = await show(app);
    const choice = shown.screen.getByRole("checkbox", { name: "This is a shared computer" });
    await expect.element(choice).not.toBeChecked();
    await choice.click();
    await expect
      .element(choice)
      .toHaveAccessibleDescription(/Closing or reloading this tab signs you out/);
    expect(await faults()).toEqual([]);
    await typeIn(shown);
    await submit(shown);
    expect(app.gateway.signIns).toMatchObject([{ memoryOnly: true }]);
    await expect.element(shown.screen.getByTestId("memory-only")).toBeVisible();
    await expect.poll(asksBeforeLeaving).toBe(true);
    expect(await faults()).toEqual([]);
    app.gateway.session.emit({ kind: "signed_out", soft: true });
    await expect
      .element(shown.screen.getByRole("heading", { name: "Your session has expired" }))
      .toBeVisible();
    await expect.element(shown.main).toMatchTextContent("still in this tab, and only here");
    expect(asksBeforeLeaving()).toBe(true);
    expect(await faults()).toEqual([]);
  });

  async function signedIn() {
    const app = createTestApp();
    app.gateway.onOpen = ({ keyBackup }) => {
      keyBackup.roomKeys = ok({ total: 0, backedUp: 0 });
    };
    app.session.start();
    const shown = await show(app);
    await shown.screen.getByRole("checkbox", { name: "This is a shared computer" }).click();
    await typeIn(shown);
    await submit(shown);
    return { app, ...shown };
  }

  it("holds the tab while keys of an ended one are only in it, whatever the counts say", async () => {
    const { app, screen } = await signedIn();
    await expect.poll(asksBeforeLeaving).toBe(false);
    app.gateway.session.emit({ kind: "carry_over", state: "incomplete", missing: ["room_keys"] });
    const note = screen.getByTestId("carry-over");
    await expect.element(note).toMatchTextContent("only in this tab: do not close or reload it");
    await expect.element(note).not.toMatchTextContent("when this page is next opened");
    expect(asksBeforeLeaving()).toBe(true);
    expect(await faults()).toEqual([]);
  });

  it("is marked beside the account on every screen, and the keys go by their own name", async () => {
    const { app, screen, button } = await signedIn();
    const mark = screen.getByTestId("tab-only");
    await expect.element(mark).toMatchTextContent("This tab only");
    for (const name of ["Rooms", "Manage"]) {
      await screen.getByRole("link", { name, exact: true }).click();
      await expect.element(screen.getByRole("heading", { level: 1, name })).toHaveFocus();
      await expect.element(mark).toMatchTextContent("This tab only");
    }
    expect(await faults()).toEqual([]);
    app.gateway.session.emit({ kind: "signed_out", soft: false });
    await button("Forget the keys in this tab").click();
    const dialog = screen.getByRole("dialog", { name: "Forget the keys in this tab?" });
    await expect.element(dialog).toMatchTextContent("This removes from this tab, for good");
    await dialog.getByRole("button", { name: "Forget the keys in this tab" }).click();
    await expect.element(screen.getByRole("heading", { name: "Sign in" })).toBeVisible();
    expect(app.gateway.forgets).toBeGreaterThan(0);
  });

  it("that was ended where a password is taken besides says why the other pages are not there", async () => {
    const { app, screen, main } = await signedIn();
    const { found } = app.gateway;
    if (!found.ok) throw new Error("no homeserver");
    const sso = [{ id: "one", name: "First" }];
    app.gateway.found = ok({ ...found.value, offer: { password: true, sso, oauth: null } });
    app.gateway.session.emit({ kind: "signed_out", soft: false });
    const why = screen.getByTestId("no-other-page");
    await expect.element(why).toMatchTextContent("it would leave this tab");
    await expect.element(why).toMatchTextContent("save the keys to a file below");
    await expect.element(main).not.toMatchTextContent("change your password");
    expect(await faults()).toEqual([]);
  });

  it("that cannot be opened is tried again in the tab, which asks before it is left", async () => {
    const app = createTestApp();
    app.gateway.openError = { kind: "crypto_unavailable", detail: "" };
    app.session.start();
    const shown = await show(app);
    await shown.screen.getByRole("checkbox", { name: "This is a shared computer" }).click();
    await typeIn(shown);
    await shown.button("Sign in").click();
    await expect.element(shown.main).toMatchTextContent("Nothing is lost by trying again");
    expect(shown.button("Reload").elements()).toEqual([]);
    expect(asksBeforeLeaving()).toBe(true);
    expect(await faults()).toEqual([]);
    app.gateway.openError = null;
    await shown.button("Retry").click();
    await expect.element(shown.screen.getByTestId("device-state")).toBeVisible();
  });

  it("that was ended where no password is taken says so, and goes on with an access token", async () => {
    const { app, screen, button } = await signedIn();
    const { found } = app.gateway;
    if (!found.ok) throw new Error("no homeserver");
    const offer = { password: false, sso: null, oauth: { host: "auth.example.org" } };
    app.gateway.found = ok({ ...found.value, offer });
    app.gateway.session.emit({ kind: "signed_out", soft: false });
    await expect.element(screen.getByTestId("no-way-back")).toBeVisible();
    expect(screen.getByLabelText("Password", { exact: true }).elements()).toEqual([]);
    expect(screen.getByTestId("sign-in-ways").elements()).toEqual([]);
    await screen.getByText("Save the keys to a file").click();
    const save = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    await screen.getByLabelText("Passphrase for the file").fill("words for a file");
    await screen.getByLabelText("Passphrase once more").fill("words for a file");
    await button("Export keys").click();
    await expect.element(screen.getByTestId("keys-exported")).toMatchTextContent("3 room keys");
    expect(save).toHaveBeenCalledOnce();
    save.mockRestore();
    expect(app.gateway.exports).toEqual(["words for a file"]);
    await screen.getByText("Advanced: use an access token").click();
    await screen.getByLabelText("Access token", { exact: true }).fill("syt_token");
    expect(await faults()).toEqual([]);
    await button("Use this token").click();
    await expect.element(screen.getByTestId("device-state")).toBeVisible();
    await expect.element(screen.getByTestId("memory-only")).toBeVisible();
  });

  it("says what another page keeps, and that it cannot be renewed, before that page is visited", async () => {
    const app = createTestApp();
    const { found } = app.gateway;
    if (!found.ok) throw new Error("no homeserver");
    const offer = { password: false, sso: null, oauth: { host: "auth.example.org" } };
    app.gateway.found = ok({ ...found.value, offer });
    app.session.start();
    const shown = await show(app);
    await shown.screen.getByRole("textbox", { name: "Homeserver" }).fill("matrix.example.org");
    await shown.screen.getByRole("textbox", { name: "Username" }).click();
    const ways = shown.screen.getByTestId("sign-in-ways");
    await expect.element(ways).not.toMatchTextContent("only in this tab");
    await shown.screen.getByRole("checkbox", { name: "This is a shared computer" }).click();
    await expect
      .element(ways)
      .toMatchTextContent("save the keys that are only in this tab to a file first");
    await expect.element(ways).toMatchTextContent("sign out at auth.example.org as well");
    expect(await faults()).toEqual([]);
  });

  it("is not made unless it is asked for", async () => {
    const app = createTestApp();
    app.session.start();
    const shown = await show(app);
    await typeIn(shown);
    await submit(shown);
    expect(app.gateway.signIns[0]).not.toHaveProperty("memoryOnly");
    expect(shown.screen.getByTestId("memory-only").elements()).toEqual([]);
    expect(shown.screen.getByTestId("tab-only").elements()).toEqual([]);
    expect(asksBeforeLeaving()).toBe(false);
  });

  it("is all there is where the browser stores nothing, which is said before sign-in", async () => {
    const app = createTestApp(alice);
    app.gateway.readError = { kind: "storage", reason: "unavailable" };
    app.session.start();
    const { screen, button } = await show(app);
    await expect.element(screen.getByTestId("memory-only")).toMatchTextContent("for this tab only");
    expect(screen.getByRole("checkbox").elements()).toEqual([]);
    expect(await faults()).toEqual([]);
    app.gateway.readError = null;
    await button("Try again").click();
    await expect.element(screen.getByTestId("device-state")).toBeVisible();
  });

  it("is no way around a page that is not secure: nothing is asked for there", async () => {
    const app = createTestApp();
    app.gateway.readError = { kind: "insecure_page" };
    app.session.start();
    const { screen, button } = await show(app);
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "insecure_page");
    expect(button("Go to sign-in").elements()).toEqual([]);
    expect(await faults()).toEqual([]);
  });
});

describe("when the session cannot be opened", () => {
  async function failed(error: AppError) {
    const app = createTestApp(alice);
    app.gateway.openError = error;
    app.session.start();
    const shown = await show(app);
    await expect
      .element(shown.screen.getByTestId("error"))
      .toHaveAttribute("data-code", error.kind);
    return { app, ...shown };
  }

  it.each([
    [{ kind: "crypto_unavailable", detail: "" }, "Reload"],
    [{ kind: "storage", reason: "quota" }, "Retry"],
    [{ kind: "storage", reason: "blocked" }, "Retry"],
    [{ kind: "storage", reason: "unavailable" }, "Retry"],
    [{ kind: "storage", reason: "mismatch" }, "Retry"],
    [{ kind: "storage", reason: "lost" }, "Sign out and start as a new device"],
    [{ kind: "part_missing" }, "Reload"],
    [{ kind: "network", detail: "" }, "Retry"],
    [{ kind: "unexpected", detail: "" }, "Reload"],
  ] satisfies [AppError, string][])("%j offers %s and removes nothing", async (error, name) => {
    const { app, button } = await failed(error);
    await expect.element(button(name)).toBeVisible();
    expect(app.gateway.stored).toEqual(alice);
    expect(await faults()).toEqual([]);
  });

  it("trying again opens it", async () => {
    const { app, screen, button } = await failed({ kind: "storage", reason: "blocked" });
    app.gateway.openError = null;
    await button("Retry").click();
    await expect.element(screen.getByTestId("device-state")).toBeVisible();
  });

  it("only the person's own confirmation removes what is stored", async () => {
    const { app, screen, button } = await failed({ kind: "storage", reason: "mismatch" });
    await button("Sign out and remove this browser’s data").click();
    const dialog = screen.getByRole("dialog");
    await dialog.getByRole("button", { name: "Keep everything" }).click();
    await expect.element(dialog).not.toBeInTheDocument();
    expect(app.gateway.stored).toEqual(alice);
    await button("Sign out and remove this browser’s data").click();
    await dialog.getByRole("button", { name: "Sign out anyway" }).click();
    await expect.element(screen.getByRole("heading", { name: "Sign in" })).toBeVisible();
    expect(app.gateway.stored).toBeNull();
  });

  it("a store that is gone has one way on, which ends the device, and warns of nothing", async () => {
    const { app, screen, button, main } = await failed({ kind: "storage", reason: "lost" });
    await expect.element(main).not.toMatchTextContent("nowhere else");
    expect(button("Sign out and remove this browser’s data").elements()).toEqual([]);
    await button("Sign out and start as a new device").click();
    await expect.element(screen.getByText("You are signed out")).toBeVisible();
    expect(app.gateway.ends).toBe(1);
    expect(app.gateway.stored).toBeNull();
  });

  it("a page that cannot work for anybody speaks of no session", async () => {
    for (const error of [
      { kind: "insecure_page" },
      { kind: "crypto_unavailable", detail: "", absent: true },
    ] satisfies AppError[]) {
      const app = createTestApp();
      app.gateway.readError = error;
      app.session.start();
      const { screen, main, button } = await show(app);
      await expect
        .element(screen.getByRole("heading", { level: 1 }))
        .toHaveTextContent("Key Backup cannot work here");
      await expect.element(main).not.toMatchTextContent(/session/);
      expect(await faults()).toEqual([]);
      // What was not loaded over https is not by a reload either.
      expect(button("Reload").elements()).toHaveLength(error.kind === "insecure_page" ? 0 : 1);
      await screen.unmount();
    }
  });

  it("an unreadable store leaves the way to sign-in open", async () => {
    const app = createTestApp();
    app.gateway.readError = { kind: "unexpected", detail: "" };
    app.session.start();
    const { screen, button } = await show(app);
    await button("Go to sign-in").click();
    await vi.waitFor(() =>
      expect(screen.getByRole("heading", { name: "Sign in" }).elements()).toHaveLength(1),
    );
  });
});
