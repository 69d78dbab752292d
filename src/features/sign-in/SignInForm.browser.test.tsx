import "@/app/global.css";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import type { AppError } from "@/domain/errors";
import { fail, ok } from "@/domain/result";
import type { RedirectWay, SignInOffer } from "@/domain/signIn";
import { hostOf } from "./homeserverHost";
import type { SignInElsewhere } from "./RedirectWays";
import { SignInForm } from "./SignInForm";
import type { SignInWithToken } from "./TokenForm";
import type { FindHomeserver } from "./useHomeserverLookup";
import type { SignIn } from "./useSignIn";

const PASSWORD_ONLY: SignInOffer = { password: true, sso: null, oauth: null };

/** A gateway that finds `host` for everything, or what was typed, and records what it was sent. */
function fakeGateway(
  options: {
    host?: string;
    offer?: SignInOffer;
    findError?: AppError;
    signInError?: AppError;
  } = {},
) {
  const finds: string[] = [];
  const sent: { host: string; username: string; password: string }[] = [];
  const findHomeserver: FindHomeserver = async ({ homeserver }) => {
    finds.push(homeserver);
    if (options.findError !== undefined) return fail(options.findError);
    const host = options.host ?? hostOf(homeserver) ?? "nowhere";
    const { offer = PASSWORD_ONLY } = options;
    return ok({ baseUrl: `https://${host}`, host, discoveredFrom: hostOf(homeserver), offer });
  };
  const signIn: SignIn = async ({ target, username, password }) => {
    sent.push({ host: target.host, username, password });
    return options.signInError === undefined ? ok(undefined) : fail(options.signInError);
  };
  const left: RedirectWay[] = [];
  const signInElsewhere: SignInElsewhere = async ({ way }) => {
    left.push(way);
    return options.signInError === undefined ? ok(undefined) : fail(options.signInError);
  };
  const tokens: { host: string; accessToken: string }[] = [];
  const signInWithToken: SignInWithToken = async ({ target, accessToken }) => {
    tokens.push({ host: target.host, accessToken });
    return options.signInError === undefined ? ok(undefined) : fail(options.signInError);
  };
  const gateway = { findHomeserver, signIn, signInElsewhere, signInWithToken };
  return { finds, sent, left, tokens, ...gateway, options };
}

async function show(
  gateway: ReturnType<typeof fakeGateway>,
  suggestion: string | null = null,
  fixedHomeserver: { address: string; name: string } | null = null,
) {
  const screen = await render(
    <main>
      <h1>Sign in</h1>
      <SignInForm
        defaultHomeserver={suggestion}
        findHomeserver={gateway.findHomeserver}
        signIn={gateway.signIn}
        signInElsewhere={gateway.signInElsewhere}
        signInWithToken={gateway.signInWithToken}
        fixedHomeserver={fixedHomeserver}
      />
    </main>,
  );
  const field = (name: string) => screen.getByRole("textbox", { name });
  const button = screen.getByRole("button", { name: "Sign in", exact: true });
  async function fill(homeserver: string, username: string, password: string) {
    await field("Homeserver").fill(homeserver);
    await field("Username").fill(username);
    await screen.getByLabelText("Password").fill(password);
  }
  return { screen, field, button, fill, password: screen.getByLabelText("Password") };
}

describe("where the password goes", () => {
  it("is sent with one press when the host found is the one typed", async () => {
    const gateway = fakeGateway();
    const { fill, button } = await show(gateway);
    await fill("http://localhost:8008", " alice ", "wonderland");
    await button.click();
    await vi.waitFor(() =>
      expect(gateway.sent).toEqual([
        { host: "localhost:8008", username: "alice", password: "wonderland" },
      ]),
    );
  });

  it.each(["Advanced: use an access token", "Sign in"])(
    "the first press right after typing reaches “%s”, and the homeserver is looked up too",
    async (name) => {
      const gateway = fakeGateway({
        findError: { kind: "homeserver_not_found", input: "typo.test" },
      });
      const { screen, field } = await show(gateway);
      await field("Username").fill("alice");
      await field("Homeserver").fill("typo.test");
      const pressed: string[] = [];
      document.addEventListener("click", ({ target }) => {
        if (target instanceof HTMLElement) pressed.push(target.innerText.trim());
      });
      await screen.getByText(name, { exact: true }).last().click({ delay: 200 });
      expect(pressed).toEqual([name]);
      await vi.waitFor(() => expect(gateway.finds).toHaveLength(1));
    },
  );

  it("is held back when discovery leads elsewhere, until that host was shown", async () => {
    const gateway = fakeGateway({ host: "matrix.example.test" });
    const { screen, field, password, button } = await show(gateway);
    await password.fill("wonderland");
    await field("Username").fill("alice");
    // Enter in the homeserver field: nothing was looked up before this press.
    await field("Homeserver").fill("example.test");
    await userEvent.keyboard("{Enter}");
    await expect
      .element(screen.getByText("Your password will be sent to matrix.example.test"))
      .toBeVisible();
    expect(gateway.sent).toEqual([]);

    await button.click();
    await vi.waitFor(() => expect(gateway.sent).toHaveLength(1));
    expect(gateway.sent[0]?.host).toBe("matrix.example.test");
  });

  it("needs one press when the other host could be read before it", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const gateway = fakeGateway({ host: "matrix.example.test" });
    const { screen, fill, button } = await show(gateway);
    await fill("example.test", "alice", "wonderland");
    await expect
      .element(screen.getByText("Your password will be sent to matrix.example.test"))
      .toBeVisible();
    vi.advanceTimersByTime(1_000);
    await button.click();
    await vi.waitFor(() => expect(gateway.sent).toHaveLength(1));
    vi.useRealTimers();
  });

  it("does not count a host that only flashed up as seen", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const gateway = fakeGateway({ host: "matrix.example.test" });
    const { screen, fill, button } = await show(gateway);
    await fill("example.test", "alice", "wonderland");
    await expect
      .element(screen.getByText("Your password will be sent to matrix.example.test"))
      .toBeVisible();
    vi.advanceTimersByTime(200);
    await button.click();
    await expect.element(button).not.toHaveAttribute("aria-busy");
    expect(gateway.sent).toEqual([]);
    await button.click();
    await vi.waitFor(() => expect(gateway.sent).toHaveLength(1));
    vi.useRealTimers();
  });

  it("asks again when the address is changed after a host was shown", async () => {
    const gateway = fakeGateway({ host: "matrix.example.test" });
    const { screen, fill, field } = await show(gateway);
    await fill("example.test", "alice", "wonderland");
    const note = screen.getByText("Your password will be sent to matrix.example.test");
    await expect.element(note).toBeVisible();
    gateway.options.host = "evil.test";
    await field("Homeserver").fill("other.test");
    await expect.element(note).not.toBeInTheDocument();
    await userEvent.keyboard("{Enter}");
    await expect.element(screen.getByText("Your password will be sent to evil.test")).toBeVisible();
    expect(gateway.sent).toEqual([]);
  });

  describe("with a homeserver suggested by the app", () => {
    it.each(["alice", "@alice:localhost", "@alice:localhost:8008"])(
      "is sent with one press for %s",
      async (username) => {
        const gateway = fakeGateway();
        const { field, password, button } = await show(gateway, "http://localhost:8008");
        await field("Username").fill(username);
        await password.fill("wonderland");
        await button.click();
        await vi.waitFor(() =>
          expect(gateway.sent).toEqual([
            { host: "localhost:8008", username, password: "wonderland" },
          ]),
        );
      },
    );

    it("is held back for a user id of another server, however long the host was shown", async () => {
      vi.useFakeTimers({ toFake: ["performance"] });
      const gateway = fakeGateway();
      const { screen, field, password, button } = await show(gateway, "public.test");
      await field("Username").fill("@bob:private.test");
      await password.fill("wonderland");
      const note = screen.getByText("Your password will be sent to public.test");
      await expect.element(note).toBeVisible();
      await expect
        .element(screen.getByText(/private\.test did not say which homeserver it uses/))
        .toBeVisible();
      vi.advanceTimersByTime(60_000);
      await button.click();
      await expect.element(button).not.toHaveAttribute("aria-busy");
      expect(gateway.sent).toEqual([]);

      await button.click();
      await vi.waitFor(() => expect(gateway.sent.map(({ host }) => host)).toEqual(["public.test"]));
      vi.useRealTimers();
    });

    it("is held back again when the user id then names yet another server", async () => {
      const gateway = fakeGateway();
      const { screen, field, password, button } = await show(gateway, "public.test");
      await field("Username").fill("@bob:private.test");
      await password.fill("wonderland");
      await button.click();
      await expect
        .element(screen.getByText("Your password will be sent to public.test"))
        .toBeVisible();
      await field("Username").fill("@bob:other.test");
      await button.click();
      await expect.element(screen.getByText(/other\.test did not say/)).toBeVisible();
      await expect.element(button).not.toHaveAttribute("aria-busy");
      expect(gateway.sent).toEqual([]);
    });

    it("is sent with one press to a homeserver entered for a user id of another server", async () => {
      const gateway = fakeGateway();
      const { fill, button } = await show(gateway, "public.test");
      await fill("mine.test", "@bob:private.test", "wonderland");
      await button.click();
      await vi.waitFor(() => expect(gateway.sent.map(({ host }) => host)).toEqual(["mine.test"]));
    });
  });

  it("leaves no copy of the password in the DOM", async () => {
    const gateway = fakeGateway({ signInError: { kind: "wrong_password" } });
    const { screen, fill, button } = await show(gateway);
    await fill("example.test", "alice", "a very secret word");
    await button.click();
    await expect.element(screen.getByTestId("error")).toBeVisible();
    expect(document.documentElement.outerHTML).not.toContain("a very secret word");
  });
});

describe("what is said when it does not work", () => {
  it.each([
    ["Homeserver", "", "alice", "x"],
    ["Username", "example.test", "", "x"],
    ["Password", "example.test", "alice", ""],
  ])("an empty %s gets the focus and a message", async (name, homeserver, username, password) => {
    const gateway = fakeGateway();
    const { screen, fill, button } = await show(gateway);
    await fill(homeserver, username, password);
    await button.click();
    const input = screen.getByLabelText(name);
    await expect.element(input).toHaveFocus();
    await expect.element(input).toHaveAccessibleDescription(new RegExp(`Enter your ${name}`, "i"));
    expect(gateway.sent).toEqual([]);
  });

  it("a wrong password keeps what was typed and returns to its field", async () => {
    const gateway = fakeGateway({ signInError: { kind: "wrong_password" } });
    const { screen, fill, button, password } = await show(gateway);
    await fill("example.test", "alice", "wonderland");
    await button.click();
    await expect
      .element(screen.getByTestId("error"))
      .toHaveAttribute("data-code", "wrong_password");
    await expect.element(password).toHaveFocus();
    await expect.element(password).toHaveValue("wonderland");
    await expect.element(password).toHaveAttribute("aria-invalid", "true");
  });

  it("an address that is not secure marks the homeserver, and nothing is sent", async () => {
    const gateway = fakeGateway({
      findError: { kind: "insecure_homeserver", host: "example.test" },
    });
    const { screen, fill, field, button } = await show(gateway);
    await fill("http://example.test", "alice", "wonderland");
    await button.click();
    await expect
      .element(screen.getByTestId("error"))
      .toHaveAttribute("data-code", "insecure_homeserver");
    await expect.element(field("Homeserver")).toHaveFocus();
    expect(gateway.sent).toEqual([]);
  });

  it("a part of the app that did not arrive is no fault of the homeserver, and a reload is offered", async () => {
    const gateway = fakeGateway({ findError: { kind: "part_missing" } });
    const { screen, fill, field, button } = await show(gateway);
    await fill("example.test", "alice", "wonderland");
    await button.click();
    const error = screen.getByTestId("error");
    await expect.element(error).toHaveAttribute("data-code", "part_missing");
    await expect.element(error.getByRole("button", { name: "Reload" })).toBeVisible();
    await expect.element(field("Homeserver")).not.toHaveFocus();
    await expect.element(field("Homeserver")).not.toHaveAttribute("aria-invalid", "true");
  });

  it("a failed lookup is made again at the next press", async () => {
    const gateway = fakeGateway({ findError: { kind: "network", detail: "" } });
    const { screen, fill, button } = await show(gateway);
    await fill("example.test", "alice", "wonderland");
    await button.click();
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "network");
    delete gateway.options.findError;
    await button.click();
    await vi.waitFor(() => expect(gateway.sent).toHaveLength(1));
    await expect.element(screen.getByTestId("error")).not.toBeInTheDocument();
  });
});

describe("waiting", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("counts down after too many requests, and the button works again at zero", async () => {
    const gateway = fakeGateway({ signInError: { kind: "rate_limited", retryAfterMs: 3_000 } });
    const { screen, fill, button } = await show(gateway);
    await fill("example.test", "alice", "wonderland");
    await button.click();
    await expect.element(screen.getByText("Try again in 3 s")).toBeVisible();
    await expect.element(button).toHaveAttribute("aria-disabled", "true");
    await expect.element(button).toHaveAccessibleDescription("Try again in 3 s");
    // A keyboard goes on where it was, and no second number goes stale beside the one that counts.
    await expect.element(button).toHaveFocus();
    await expect.element(screen.getByTestId("error")).not.toMatchTextContent(/\d/);
    expect((await axe.run(document.body)).violations).toEqual([]);
    await userEvent.keyboard("{Enter}");
    vi.advanceTimersByTime(1_500);
    await expect.element(screen.getByText("Try again in 2 s")).toBeVisible();
    expect(gateway.sent).toHaveLength(1);
    vi.advanceTimersByTime(2_000);
    await expect.element(button).not.toHaveAttribute("aria-disabled");
  });

  it("waits ten minutes at most, whatever the server wishes, and says what it wishes", async () => {
    const retryAfterMs = 999_999_999_000;
    const gateway = fakeGateway({ signInError: { kind: "rate_limited", retryAfterMs } });
    const { screen, fill, button } = await show(gateway);
    await fill("example.test", "alice", "wonderland");
    await button.click();
    await expect.element(screen.getByText("Try again in 600 s")).toBeVisible();
    await expect
      .element(screen.getByText(/The homeserver asks to wait much longer: 277,777 hours/))
      .toBeVisible();
    vi.advanceTimersByTime(600_500);
    await expect.element(button).not.toHaveAttribute("aria-disabled");
  });

  it("sends once, however often the button is pressed", async () => {
    const gateway = fakeGateway();
    let answer: () => void = () => undefined;
    const wait = new Promise<void>((resolve) => (answer = resolve));
    const { fill, password, button } = await show({
      ...gateway,
      signIn: async (request) => {
        await wait;
        return gateway.signIn(request);
      },
    });
    await fill("example.test", "alice", "wonderland");
    await button.click();
    await expect.element(button).toHaveAttribute("aria-busy", "true");
    await button.click({ force: true });
    await password.click();
    await userEvent.keyboard("{Enter}{Enter}");
    answer();
    await expect.element(button).not.toHaveAttribute("aria-busy");
    expect(gateway.sent).toHaveLength(1);
  });
});

describe("what the homeserver offers", () => {
  const both: SignInOffer = {
    password: true,
    sso: [
      { id: "oidc-one", name: "One" },
      { id: "oidc-two", name: "Two" },
    ],
    oauth: null,
  };

  it("a button for each provider beside the password, once the homeserver is known", async () => {
    const gateway = fakeGateway({ offer: both });
    const { screen, field, password } = await show(gateway);
    expect(screen.getByRole("button", { name: /^Continue/ }).elements()).toEqual([]);
    await field("Homeserver").fill("example.test");
    await userEvent.keyboard("{Tab}");
    await screen.getByRole("button", { name: "Continue with Two" }).click();
    expect(gateway.left).toEqual([{ kind: "sso", providerId: "oidc-two" }]);
    await expect.element(password).toBeVisible();
    await expect.element(screen.getByText(/You sign in on a page of example\.test/)).toBeVisible();
    expect((await axe.run(document.body)).violations).toEqual([]);
  });

  it("no password where none is taken, and Enter leads to the one way there is", async () => {
    const gateway = fakeGateway({ offer: { password: false, sso: [], oauth: null } });
    const { screen, field, password } = await show(gateway);
    await password.fill("typed before it was known");
    await field("Homeserver").fill("example.test");
    await userEvent.keyboard("{Enter}");
    const way = screen.getByRole("button", { name: "Continue with single sign-on" });
    await expect.element(way).toHaveFocus();
    await expect.element(password).not.toBeInTheDocument();
    await expect.element(field("Username")).not.toBeInTheDocument();
    expect(gateway.sent).toEqual([]);
    await userEvent.keyboard("{Enter}");
    await vi.waitFor(() => expect(gateway.left).toEqual([{ kind: "sso", providerId: null }]));
    await expect.element(way).toHaveAttribute("aria-busy", "true");
    expect((await axe.run(document.body)).violations).toEqual([]);
  });

  it("the authorization server by its name, for a user id too, which stays", async () => {
    const oauth = { host: "auth.example.test" };
    const gateway = fakeGateway({ offer: { password: false, sso: null, oauth } });
    const { screen, field } = await show(gateway);
    await field("Username").fill("@alice:example.test");
    await userEvent.keyboard("{Tab}");
    await screen.getByRole("button", { name: "Continue with auth.example.test" }).click();
    expect(gateway.left).toEqual([{ kind: "oauth" }]);
    await expect.element(field("Username")).toHaveValue("@alice:example.test");
  });

  it("what a suggested homeserver offers is there at once, and why leaving failed is said", async () => {
    const gateway = fakeGateway({ offer: both, signInError: { kind: "network", detail: "" } });
    const { screen } = await show(gateway, "example.test");
    const way = screen.getByRole("button", { name: "Continue with One" });
    await way.click();
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "network");
    await expect.element(way).not.toHaveAttribute("aria-busy");
  });
});

describe("a user id of another homeserver, on a site for one", () => {
  const byName = { address: "example.test", name: "Example" };
  const byUrl = { address: "https://matrix.example.test", name: "Example" };

  async function tryAs(username: string, fixed: typeof byName, own: string | null) {
    const gateway = fakeGateway({ host: "matrix.example.test" });
    const { findHomeserver } = gateway;
    const { screen, field, password, button } = await show(
      {
        ...gateway,
        // What the server of the user id says about itself.
        findHomeserver: (input) =>
          findHomeserver(
            input.username === "" || own === null ? input : { ...input, homeserver: own },
          ).then((found) =>
            found.ok && input.username !== "" && own !== null
              ? ok({ ...found.value, host: own })
              : found,
          ),
      },
      null,
      fixed,
    );
    await field("Username").fill(username);
    await password.fill("wonderland");
    await button.click();
    await expect.element(button).not.toHaveAttribute("aria-busy");
    return { gateway, screen, field };
  }

  it.each([
    ["example.test", byName, null],
    ["matrix.example.test", byUrl, null],
    ["example.test", byUrl, "matrix.example.test"],
    // A server that says nothing about itself may have this homeserver.
    ["silent.test", byUrl, null],
  ])("of %s at %j is let through", async (server, fixed, own) => {
    const { gateway } = await tryAs(`@alice:${server}`, fixed, own);
    await vi.waitFor(() => expect(gateway.sent).toHaveLength(1));
  });

  it.each([
    ["other.test", byName, null],
    ["other.test", byUrl, "matrix.other.test"],
  ])("of %s at %j gets no password", async (server, fixed, own) => {
    const { gateway, screen, field } = await tryAs(`@alice:${server}`, fixed, own);
    const alert = screen.getByTestId("error");
    await expect.element(alert).toHaveAttribute("data-code", "other_server");
    await expect.element(alert).toMatchTextContent("other.test");
    await expect.element(field("Username")).toHaveFocus();
    expect(gateway.sent).toEqual([]);
  });
});

describe("a homeserver that this site is for", () => {
  const fixed = { address: "https://matrix.example.test", name: "Example" };

  it("is shown by its name, cannot be changed, and gets the password at once", async () => {
    const gateway = fakeGateway();
    const { screen, field, password, button } = await show(gateway, null, fixed);
    await expect.element(screen.getByText("Example")).toBeVisible();
    await expect.element(field("Homeserver")).not.toBeInTheDocument();
    await field("Username").fill("@alice:elsewhere.test");
    await password.fill("wonderland");
    await button.click();
    await vi.waitFor(() =>
      expect(gateway.sent).toEqual([
        { host: "matrix.example.test", username: "@alice:elsewhere.test", password: "wonderland" },
      ]),
    );
    expect(new Set(gateway.finds)).toEqual(new Set([fixed.address]));
  });

  it("shows its ways at once", async () => {
    const oauth = { host: "auth.example.test" };
    const gateway = fakeGateway({ offer: { password: false, sso: null, oauth } });
    const { screen, field } = await show(gateway, null, fixed);
    await expect
      .element(screen.getByRole("button", { name: "Continue with auth.example.test" }))
      .toBeVisible();
    await expect.element(field("Username")).not.toBeInTheDocument();
    expect((await axe.run(document.body)).violations).toEqual([]);
  });
});

describe("a press while the homeserver is looked for", () => {
  it("says what is wrong with the homeserver, like the lookup that it shares", async () => {
    const gateway = fakeGateway({ findError: { kind: "insecure_homeserver", host: "plain.test" } });
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const find = gateway.findHomeserver;
    const { screen, field } = await show({
      ...gateway,
      findHomeserver: async (input) => {
        await answered;
        return find(input);
      },
    });
    await field("Homeserver").fill("http://plain.test");
    await field("Username").fill("someone");
    await field("Password").fill("x");
    await screen.getByRole("button", { name: "Sign in", exact: true }).click();
    answer();
    await expect
      .element(screen.getByTestId("error"))
      .toHaveAttribute("data-code", "insecure_homeserver");
  });
});

describe("an access token", () => {
  it("is folded away, needs the homeserver, and is not in the DOM", async () => {
    const gateway = fakeGateway();
    const { screen, field } = await show(gateway);
    const token = screen.getByLabelText("Access token");
    await expect.element(token).not.toBeVisible();
    await screen.getByText("Advanced: use an access token").click();
    await token.fill(" syt_very_secret ");
    await screen.getByRole("button", { name: "Use this token" }).click();
    await expect.element(token).toHaveAccessibleDescription("Enter your homeserver above first.");
    await field("Homeserver").fill("example.test");
    expect(document.documentElement.outerHTML).not.toContain("syt_very_secret");
    await screen.getByRole("button", { name: "Use this token" }).click();
    await vi.waitFor(() =>
      expect(gateway.tokens).toEqual([{ host: "example.test", accessToken: "syt_very_secret" }]),
    );
    expect(gateway.sent).toEqual([]);
    await expect.element(token).toHaveValue("");
    expect((await axe.run(document.body)).violations).toEqual([]);
  });

  it("goes to a host that was not typed only after that host was shown", async () => {
    const gateway = fakeGateway({ host: "elsewhere.test" });
    const { screen, field } = await show(gateway);
    await screen.getByText("Advanced: use an access token").click();
    await field("Homeserver").fill("example.test");
    await screen.getByLabelText("Access token").fill("syt_x");
    const use = screen.getByRole("button", { name: "Use this token" });
    await use.click();
    await expect
      .element(screen.getByText("The token will be sent to elsewhere.test"))
      .toBeVisible();
    expect(gateway.tokens).toEqual([]);
    await use.click();
    await vi.waitFor(() =>
      expect(gateway.tokens).toEqual([{ host: "elsewhere.test", accessToken: "syt_x" }]),
    );
  });

  it("that cannot be used says why", async () => {
    const signInError = { kind: "sign_in", reason: "token_without_device", host: "h" } as const;
    const gateway = fakeGateway({ signInError });
    const { screen, field } = await show(gateway);
    await field("Homeserver").fill("example.test");
    await screen.getByText("Advanced: use an access token").click();
    await screen.getByLabelText("Access token").fill("syt_x");
    await userEvent.keyboard("{Enter}");
    await expect
      .element(screen.getByTestId("error"))
      .toHaveAttribute("data-code", "token_without_device");
  });
});

describe("for everyone", () => {
  it("works by keyboard alone, and Enter submits", async () => {
    const gateway = fakeGateway();
    const { field } = await show(gateway);
    await field("Homeserver").click();
    await userEvent.keyboard("example.test{Tab}alice{Tab}wonderland{Enter}");
    await vi.waitFor(() => expect(gateway.sent).toHaveLength(1));
  });

  it("has no accessibility faults, plain and with an error", async () => {
    const gateway = fakeGateway({ signInError: { kind: "wrong_password" } });
    const { screen, fill, button } = await show(gateway);
    expect((await axe.run(document.body)).violations).toEqual([]);
    await fill("example.test", "alice", "wonderland");
    await button.click();
    await expect.element(screen.getByTestId("error")).toBeVisible();
    expect((await axe.run(document.body)).violations).toEqual([]);
  });
});
