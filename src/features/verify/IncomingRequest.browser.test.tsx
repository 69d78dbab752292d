import "@/app/global.css";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { page } from "vitest/browser";
import { render } from "vitest-browser-react";
import { ok } from "@/domain/result";
import type { VerificationFlow } from "@/domain/verification";
import type { Route } from "@/lib/route";
import { createActiveApp } from "@/testing/createTestApp";
import { readyIdentity } from "@/testing/facts";
import { asked, incoming, laptop } from "@/testing/FakeVerification";
import { TestProviders } from "@/testing/TestProviders";
import { IncomingRequest } from "./IncomingRequest";

async function show(route: Route = "overview", deviceVerified = true) {
  const app = await createActiveApp(({ keyBackup }) => {
    keyBackup.crossSigning = ok({ ...readyIdentity, deviceVerified });
  });
  const screen = await render(
    <TestProviders app={app}>
      <main>
        <IncomingRequest route={route} />
        <div style={{ blockSize: "3000px" }} />
      </main>
    </TestProviders>,
  );
  // What this device is worth has to be known before the words can be.
  await vi.waitFor(() => expect(app.live.keyBackup.asked.readCrossSigning).toBeGreaterThan(0));
  const { verification } = app.live;
  return {
    screen,
    verification,
    prompt: screen.getByTestId("verification-request"),
    strip: screen.getByTestId("verification-strip"),
    button: (name: string) => screen.getByRole("button", { name, exact: true }),
    ask: (flow: VerificationFlow = incoming) => verification.enter({ kind: "incoming", flow }),
  };
}

afterEach(() => {
  window.location.hash = "";
});

describe("another device's request", () => {
  it("is shown wherever the person is, said aloud, and accepted", async () => {
    const { screen, prompt, button, verification, ask } = await show("rooms");
    const region = document.querySelector("[aria-live=polite]");
    expect(region?.textContent).toBe("");
    ask();
    await expect.element(prompt).toMatchTextContent(/Your device New phone asks to be verified/);
    expect(region?.textContent).toContain("New phone");
    expect((await axe.run(screen.container)).violations).toEqual([]);
    await button("Accept").click();
    await vi.waitFor(() => expect(window.location.hash).toBe("#/verify"));
    expect(verification.log).toEqual(["accept"]);
  });

  it("that is scrolled out of sight has a reminder that leads to it", async () => {
    const { screen, prompt, button, ask } = await show("rooms");
    ask();
    await expect.element(prompt).toBeVisible();
    const reminder = screen.getByTestId("request-reminder");
    expect(reminder.elements()).toEqual([]);
    window.scrollTo(0, 2_000);
    await expect.element(reminder).toMatchTextContent(/New phone asks to be verified/);
    expect((await axe.run(screen.container)).violations).toEqual([]);
    await button("Show request").click();
    await expect.element(reminder).not.toBeInTheDocument();
    await expect.element(prompt).toHaveFocus();
    await expect.element(button("Accept")).toBeInViewport();
  });

  it("put off tells nobody, and can still be answered", async () => {
    const { prompt, strip, button, verification, ask } = await show();
    // Put off before it is known which device it is.
    ask({ ...incoming, other: null });
    await button("Not now").click();
    await expect.element(prompt).not.toBeInTheDocument();
    ask();
    await expect.element(strip).toMatchTextContent(/New phone still waits/);
    expect(verification.log).toEqual([]);
    await button("Answer").click();
    await expect.element(prompt).toBeVisible();
  });

  it("of yet another device is asked anew after one was put off", async () => {
    const { prompt, button, ask } = await show();
    ask();
    await button("Not now").click();
    ask({ ...incoming, id: "another", other: { ...laptop, standing: "unverified" } });
    await expect.element(prompt).toMatchTextContent(/Laptop/);
  });

  it("that was not me ends it, with what to do then", async () => {
    const { screen, button, verification, ask, prompt } = await show();
    ask();
    await button("It was not me").click();
    await expect.element(prompt).not.toBeInTheDocument();
    const alarm = screen.getByTestId("error");
    await expect.element(alarm).toHaveAttribute("data-code", "not_mine");
    await expect.element(alarm).toMatchTextContent(/sign out New phone .*PHONE.*change/);
    expect(verification.log).toEqual(["cancel", "dismiss"]);
    await button("Dismiss").click();
    await expect.element(alarm).not.toBeInTheDocument();
  });

  it("that was not me is said also before the device is known", async () => {
    const { screen, button, ask } = await show();
    ask({ ...incoming, other: null });
    await button("It was not me").click();
    await expect
      .element(screen.getByTestId("error"))
      .toMatchTextContent(/sign out the device you do not know, then change/);
  });

  it("to this device, which is not verified yet, is called that", async () => {
    const { prompt, ask } = await show("overview", false);
    ask({ ...incoming, role: "newcomer", other: laptop });
    await expect
      .element(prompt)
      .toMatchTextContent(/Your verified device Laptop wants to verify this device/);
  });

  it("between two devices without keys is explained, not accepted", async () => {
    const { prompt, ask, screen } = await show("overview", false);
    ask({ ...incoming, role: "newcomer" });
    await expect.element(prompt).toMatchTextContent(/Neither of the two is verified/);
    expect(screen.getByRole("button", { name: "Accept" }).elements()).toEqual([]);
  });

  it("shows a name as text, cut and isolated, at 320 pixels", async () => {
    await page.viewport(320, 640);
    const { prompt, ask } = await show();
    const name = `<img src=x>\u202e${"x".repeat(10_000)}`;
    ask({ ...incoming, other: { ...laptop, name } });
    await expect.element(prompt).toBeVisible();
    expect(prompt.element().querySelector("img")).toBeNull();
    expect(prompt.element().querySelector("bdi")?.textContent?.length).toBeLessThan(60);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
    await page.viewport(414, 896);
  });
});

describe("elsewhere than on its screen", () => {
  it("a verification that goes on has a way back", async () => {
    const { verification, strip, screen } = await show("rooms");
    verification.enter({ kind: "preparing", flow: asked });
    await expect.element(strip).toBeVisible();
    await expect
      .element(screen.getByRole("link", { name: "Show verification" }))
      .toHaveAttribute("href", "#/verify");
  });

  it("the end of another device's request is told, and put away", async () => {
    const { verification, strip, button, ask } = await show();
    ask();
    verification.enter({
      kind: "ended",
      flow: incoming,
      ending: { reason: "accepted_elsewhere" },
    });
    await expect.element(strip).toMatchTextContent(/Another of your devices has taken/);
    await button("Dismiss").click();
    await expect.element(strip).not.toBeInTheDocument();
  });

  it("on its screen nothing is said twice", async () => {
    const { verification, strip, prompt } = await show("verify");
    verification.enter({ kind: "preparing", flow: asked });
    verification.enter({ kind: "ended", flow: incoming, ending: { reason: "timed_out" } });
    await expect.element(prompt).not.toBeInTheDocument();
    expect(strip.elements()).toEqual([]);
  });
});
