import "@/app/global.css";
import axe from "axe-core";
import { describe, expect, it, vi } from "vitest";
import type { ConfirmationElsewhere } from "@/domain/confirmation";
import type { RemovalPort } from "@/domain/removalPorts";
import { fail, ok } from "@/domain/result";
import type { SignInOffer } from "@/domain/signIn";
import { backupVersion } from "@/testing/facts";
import type { FakeLiveSession } from "@/testing/FakeLiveSession";
import { showManage } from "./showManageRig";

const sso: ConfirmationElsewhere = {
  url: "https://hs.test/_matrix/client/v3/auth/m.login.sso/fallback/web?session=abc",
  host: "hs.test",
  by: "sso",
  why: "needed",
  orPassword: false,
};
const account: ConfirmationElsewhere = {
  ...sso,
  url: "https://auth.test/",
  host: "auth.test",
  by: "account",
};

/** Asks to confirm so often as there are questions, then ends well unless it was cancelled. */
function asks(
  said: unknown[],
  ...questions: ConfirmationElsewhere[]
): RemovalPort["resetIdentity"] {
  return async (_confirmed, { confirmElsewhere, askPassword }) => {
    for (const where of questions) {
      const answer = (await confirmElsewhere?.(where)) ?? null;
      said.push(answer);
      if (answer === null) return fail({ kind: "identity", reason: "not_confirmed" });
      if (answer === "password") said.push(await askPassword("needed"));
    }
    return ok({ kind: "kept", version: backupVersion("7") });
  };
}

async function begin(
  resetIdentityAs: RemovalPort["resetIdentity"],
  prepare: (session: FakeLiveSession) => void = () => undefined,
) {
  const shown = await showManage((session) => {
    session.removal.resetIdentityAs = resetIdentityAs;
    prepare(session);
  });
  await shown.button("Reset identity").click();
  await shown.confirmField.fill("reset");
  const password = shown.dialog.getByLabelText("Password", { exact: true });
  const link = shown.dialog.getByRole("link", { name: /^(Sign in|Open account page) at / });
  return { ...shown, password, link };
}

const oauth = (session: FakeLiveSession): void => {
  session.oauth = {
    issuer: "https://auth.test/",
    tokenEndpoint: "https://auth.test/token",
    revocationEndpoint: "https://auth.test/revoke",
    registrationEndpoint: null,
    accountUrl: null,
  };
};

describe("a new identity that is confirmed on another page", () => {
  it("is a plain link and a button; not confirmed yet is asked again, and then it is done", async () => {
    const said: unknown[] = [];
    const run = asks(said, account, { ...account, why: "not_yet" });
    const { dialog, inDialog, link, password } = await begin(run, oauth);
    await expect.element(password).not.toBeInTheDocument();
    await inDialog("Reset identity").click();
    await expect.element(link).toHaveAttribute("href", "https://auth.test/");
    await expect.element(link).toHaveAttribute("rel", "noopener noreferrer");
    await expect.element(link).toHaveAttribute("target", "_blank");
    expect((await axe.run(document.body)).violations).toEqual([]);
    await inDialog("Continue").click();
    await expect.element(dialog).toMatchTextContent("has not heard of it yet");
    await inDialog("Continue").click();
    await expect.element(dialog).toMatchTextContent("Your identity was reset");
    expect(said).toEqual(["done", "done"]);
  });

  it("goes on by itself when the person comes back, but only from there", async () => {
    const said: unknown[] = [];
    const { dialog, inDialog, link } = await begin(asks(said, sso), oauth);
    await inDialog("Reset identity").click();
    await expect.element(link).toBeVisible();
    window.dispatchEvent(new FocusEvent("focus"));
    expect(said).toEqual([]);
    // The page itself is not needed here.
    link.element().addEventListener("click", (event) => event.preventDefault());
    await link.click();
    window.dispatchEvent(new FocusEvent("focus"));
    await expect.element(dialog).toMatchTextContent("Your identity was reset");
    expect(said).toEqual(["done"]);
  });

  it("called off changes nothing", async () => {
    const said: unknown[] = [];
    const { dialog, inDialog, link } = await begin(asks(said, sso), oauth);
    await inDialog("Reset identity").click();
    await expect.element(link).toBeVisible();
    await inDialog("Keep my identity").click();
    await expect.element(dialog).not.toBeInTheDocument();
    await vi.waitFor(() => expect(said).toEqual([null]));
  });
});

describe("where some have a password and some have none", () => {
  const both: SignInOffer = { password: true, sso: [], oauth: null };

  async function beginWithBoth(run: RemovalPort["resetIdentity"]) {
    const shown = await showManage((session) => {
      session.removal.resetIdentityAs = run;
    });
    const { found } = shown.app.gateway;
    if (found.ok) shown.app.gateway.found = ok({ ...found.value, offer: both });
    await shown.button("Reset identity").click();
    await expect.element(shown.dialog).toMatchTextContent("Leave it empty");
    await shown.confirmField.fill("reset");
    return { ...shown, password: shown.dialog.getByLabelText("Password", { exact: true }) };
  }

  it("a password that was typed is used", async () => {
    const said: unknown[] = [];
    const shown = await beginWithBoth(asks(said, { ...sso, orPassword: true }));
    await shown.password.fill("correct horse");
    await shown.inDialog("Reset identity").click();
    await expect.element(shown.dialog).toMatchTextContent("Your identity was reset");
    expect(said).toEqual(["password", "correct horse"]);
  });

  it("an empty one leads to the page, and from there to the password after all", async () => {
    const said: unknown[] = [];
    const shown = await beginWithBoth(asks(said, { ...sso, orPassword: true }));
    await shown.inDialog("Reset identity").click();
    await shown.inDialog("Use my password instead").click();
    await expect.element(shown.dialog).toMatchTextContent("The homeserver wants your password.");
    await shown.confirmField.fill("reset");
    await shown.password.fill("correct horse");
    await shown.inDialog("Reset identity").click();
    await expect.element(shown.dialog).toMatchTextContent("Your identity was reset");
    expect(said).toEqual(["password", "correct horse"]);
  });
});
