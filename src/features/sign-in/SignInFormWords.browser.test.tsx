import "@/app/global.css";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import type { AppError } from "@/domain/errors";
import { fail, ok, type Result } from "@/domain/result";
import type { FoundHomeserver, SignInOffer } from "@/domain/signIn";
import { SignInForm } from "./SignInForm";

const PASSWORD_ONLY: SignInOffer = { password: true, sso: null, oauth: null };

function foundAt(host: string, offer = PASSWORD_ONLY): Result<FoundHomeserver, AppError> {
  return ok({ baseUrl: `https://${host}`, host, discoveredFrom: null, offer });
}

/** What the servers say, to be changed as they change; and what they were asked. */
function servers() {
  return {
    finds: [] as { homeserver: string; username: string }[],
    sent: [] as string[],
    tries: 0,
    find: foundAt("hs.test") as ReturnType<typeof foundAt> | Promise<ReturnType<typeof foundAt>>,
    signIn: ok(undefined) as Result<void, AppError>,
  };
}

async function show(world: ReturnType<typeof servers>) {
  const screen = await render(
    <main>
      <h1>Sign in</h1>
      <SignInForm
        defaultHomeserver={null}
        fixedHomeserver={null}
        findHomeserver={async (input) => {
          world.finds.push(input);
          return world.find;
        }}
        signIn={async ({ username }) => {
          world.sent.push(username);
          return world.signIn;
        }}
        signInElsewhere={async () => world.signIn}
        signInWithToken={async () => world.signIn}
        onTry={() => world.tries++}
      />
    </main>,
  );
  const field = (name: string) => screen.getByRole("textbox", { name });
  const button = (name: string) => screen.getByRole("button", { name, exact: true });
  async function fill(homeserver: string, username: string) {
    await field("Homeserver").fill(homeserver);
    await field("Username").fill(username);
    await screen.getByLabelText("Password").fill("wonderland");
  }
  return { screen, field, button, fill, alert: screen.getByTestId("error") };
}

const faults = async () => (await axe.run(document.body)).violations;

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("without a connection", () => {
  const goOffline = () => vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  function comeBack() {
    vi.restoreAllMocks();
    window.dispatchEvent(new Event("online"));
  }

  it("the lookup says so, marks nothing, and is made again when there is one", async () => {
    goOffline();
    const world = servers();
    world.find = fail({ kind: "offline" });
    const { screen, field } = await show(world);
    await field("Homeserver").fill("hs.test");
    await userEvent.keyboard("{Tab}");
    await expect
      .element(screen.getByRole("status"))
      .toMatchTextContent("You are offline. The homeserver is looked for when");
    await expect.element(field("Homeserver")).not.toHaveAttribute("aria-invalid");
    expect(await faults()).toEqual([]);
    // The tab was only looked at again.
    document.dispatchEvent(new Event("visibilitychange"));
    expect(world.finds).toHaveLength(1);
    world.find = foundAt("hs.test");
    comeBack();
    await expect
      .element(screen.getByRole("status"))
      .toMatchTextContent("Your password will be sent to hs.test");
    expect(world.finds).toHaveLength(2);
  });

  it("a press says so, marks no field that is right, and that goes when there is one", async () => {
    goOffline();
    const world = servers();
    world.find = fail({ kind: "offline" });
    const { screen, field, button, fill, alert } = await show(world);
    await fill("hs.test", "alice");
    await button("Sign in").click();
    await expect.element(alert).toHaveAttribute("data-code", "offline");
    await expect.element(field("Homeserver")).not.toHaveAttribute("aria-invalid");
    await expect.element(button("Sign in")).toHaveFocus();
    expect(await faults()).toEqual([]);
    world.find = foundAt("hs.test");
    comeBack();
    await expect.element(alert).not.toBeInTheDocument();
    await expect
      .element(screen.getByRole("status"))
      .toMatchTextContent("Your password will be sent to hs.test");
    expect(world.sent).toEqual([]);
  });

  it("what became of another way goes as well", async () => {
    const world = servers();
    world.find = foundAt("hs.test", { ...PASSWORD_ONLY, oauth: { host: "auth.test" } });
    const { field, button, alert } = await show(world);
    await field("Homeserver").fill("hs.test");
    await userEvent.keyboard("{Tab}");
    goOffline();
    world.signIn = fail({ kind: "offline" });
    await button("Continue with auth.test").click();
    await expect.element(alert).toHaveAttribute("data-code", "offline");
    comeBack();
    await expect.element(alert).not.toBeInTheDocument();
  });
});

describe("what is typed as homeserver", () => {
  it("may be a whole user id: its server is taken, and the id is the username", async () => {
    const world = servers();
    const { field, button, screen } = await show(world);
    await field("Homeserver").fill("@alice:hs.test");
    await userEvent.keyboard("{Tab}");
    await expect.element(field("Homeserver")).toHaveValue("hs.test");
    await expect.element(field("Username")).toHaveValue("@alice:hs.test");
    await screen.getByLabelText("Password").fill("wonderland");
    await button("Sign in").click();
    await vi.waitFor(() => expect(world.sent).toEqual(["@alice:hs.test"]));
    expect(world.finds).toEqual([{ homeserver: "hs.test", username: "@alice:hs.test" }]);
  });

  it("as a user id does not take the place of a username that is there", async () => {
    const world = servers();
    const { screen, field, button } = await show(world);
    await field("Username").fill("bob");
    await screen.getByLabelText("Password").fill("wonderland");
    await field("Homeserver").fill("@alice:hs.test");
    await userEvent.keyboard("{Enter}");
    await vi.waitFor(() => expect(world.sent).toEqual(["bob"]));
    await expect.element(field("Homeserver")).toHaveValue("hs.test");
    await expect.element(button("Sign in")).toBeVisible();
  });

  it.each<[string, AppError, RegExp]>([
    [
      "an e-mail address",
      { kind: "homeserver_not_found", input: "alice@example.org" },
      /That is an e-mail address/,
    ],
    ["a name that is not there", { kind: "network", detail: "" }, /spelling/],
    ["no homeserver", { kind: "homeserver_not_found", input: "x.test" }, /Check the spelling/],
  ])("that is %s: said when the field is left, and at a press", async (_what, error, words) => {
    const world = servers();
    world.find = fail(error);
    const { field, button, fill, alert } = await show(world);
    await fill("alice@example.org", "alice");
    await expect.element(field("Homeserver")).toHaveAccessibleDescription(words);
    await button("Sign in").click();
    await expect.element(alert).toMatchTextContent(words);
    await expect.element(field("Homeserver")).toHaveFocus();
    expect(await faults()).toEqual([]);
    await userEvent.keyboard("x");
    await expect.element(alert).not.toBeInTheDocument();
    await expect.element(field("Homeserver")).not.toHaveAttribute("aria-invalid");
  });

  it("is not looked for in vain for ever: it is tried again when the tab is seen again", async () => {
    const world = servers();
    world.find = fail({ kind: "network", detail: "" });
    const { field } = await show(world);
    await field("Homeserver").fill("hs.test");
    await userEvent.keyboard("{Tab}");
    await expect.element(field("Homeserver")).toHaveAttribute("aria-invalid", "true");
    world.find = foundAt("hs.test");
    window.dispatchEvent(new Event("online"));
    await expect.element(field("Homeserver")).not.toHaveAttribute("aria-invalid");
  });
});

describe("a refused e-mail address", () => {
  it("is said to be no username everywhere; a refused username is not", async () => {
    const world = servers();
    world.signIn = fail({ kind: "wrong_password" });
    const { field, button, fill, alert } = await show(world);
    await fill("hs.test", "alice@example.org");
    await button("Sign in").click();
    await expect.element(alert).toMatchTextContent("Try your username");
    await field("Username").fill("@alice:hs.test");
    await expect.element(alert).not.toMatchTextContent("Try your username");
  });
});

describe("a slow server", () => {
  it("is waited for in words that stay, and changing its name ends the wait", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const world = servers();
    const { promise, resolve } = Promise.withResolvers<ReturnType<typeof foundAt>>();
    world.find = promise;
    const { screen, field, button, fill, alert } = await show(world);
    const note = screen.getByRole("status");
    await fill("slow.test", "alice");
    await expect.element(note).toMatchTextContent("Looking for the homeserver…");
    await button("Sign in").click();
    await expect.element(button("Sign in")).toHaveAttribute("aria-busy", "true");
    await expect.element(note).toMatchTextContent("Looking for the homeserver…");
    vi.advanceTimersByTime(5_000);
    await expect.element(note).toMatchTextContent("Still looking for the homeserver");
    vi.useRealTimers();

    world.find = foundAt("fast.test");
    await field("Homeserver").fill("fast.test");
    await expect.element(button("Sign in")).not.toHaveAttribute("aria-busy");
    await expect.element(note).toMatchTextContent("Your password goes to your homeserver only.");
    resolve(foundAt("slow.test"));
    await button("Sign in").click();
    await vi.waitFor(() => expect(world.sent).toEqual(["alice"]));
    await expect.element(note).toMatchTextContent("fast.test");
    expect(alert.elements()).toEqual([]);
    expect(world.finds.map(({ homeserver }) => homeserver)).toEqual(["slow.test", "fast.test"]);
  });
});

describe("another way", () => {
  it("takes back what was said about the one before", async () => {
    const world = servers();
    world.find = foundAt("hs.test", { ...PASSWORD_ONLY, sso: [{ id: "one", name: "One" }] });
    world.signIn = fail({ kind: "wrong_password" });
    const { screen, field, button, fill, alert } = await show(world);
    await fill("hs.test", "alice");
    await button("Sign in").click();
    await expect.element(alert).toHaveAttribute("data-code", "wrong_password");
    expect(world.tries).toBe(1);

    await screen.getByText("Advanced: use an access token").click();
    await button("Use this token").click();
    await expect.element(alert).not.toBeInTheDocument();
    await expect.element(screen.getByLabelText("Password")).not.toHaveAttribute("aria-invalid");
    await expect
      .element(screen.getByLabelText("Access token"))
      .toHaveAttribute("aria-invalid", "true");

    world.signIn = fail({ kind: "storage", reason: "blocked" });
    await button("Continue with One").click();
    await expect.element(alert).toHaveAttribute("data-code", "storage");
    await expect.element(screen.getByLabelText("Access token")).not.toHaveAttribute("aria-invalid");
    world.signIn = ok(undefined);
    await field("Username").click();
    await userEvent.keyboard("{Enter}");
    await expect.element(alert).not.toBeInTheDocument();
    expect(world.tries).toBe(4);
  });
});
