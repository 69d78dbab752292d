import "@/app/global.css";
import axe from "axe-core";
import { expect, it, vi } from "vitest";
import type { ConfirmationElsewhere } from "@/domain/confirmation";
import { fail, ok } from "@/domain/result";
import { fakeSetUp, newKey, proof, type Run } from "@/testing/fakeSetUp";
import { show } from "./showWizard";

const where: ConfirmationElsewhere = {
  url: "https://auth.test/account",
  host: "auth.test",
  by: "account",
  why: "needed",
  orPassword: false,
};

/** Asks for a confirmation elsewhere until it was said to be done so often. */
function confirmedAfter(times: number, said: unknown[]): Run {
  return async (_key, { onStep, confirmElsewhere }) => {
    onStep("identity");
    for (let nth = 0; nth < times; nth++) {
      const why = nth === 0 ? "needed" : "not_yet";
      const answer = (await confirmElsewhere?.({ ...where, why })) ?? null;
      said.push(answer);
      if (answer === null) return fail({ kind: "identity", reason: "not_confirmed" });
    }
    return ok(proof);
  };
}

it("a set-up that is confirmed on another page waits for that, and asks again", async () => {
  const said: unknown[] = [];
  const { screen, button, field, toConfirm } = await show(
    fakeSetUp(newKey, [confirmedAfter(2, said)]).setUp,
  );
  await field.fill(await toConfirm());
  await button("Finish").click();
  const dialog = screen.getByRole("dialog", { name: "Confirm on your account page" });
  await expect
    .element(dialog.getByRole("link", { name: "Open account page at auth.test" }))
    .toHaveAttribute("href", where.url);
  expect((await axe.run(document.body)).violations).toEqual([]);
  await button("Continue").click();
  await expect.element(dialog).toMatchTextContent("has not heard of it yet");
  await button("Continue").click();
  await expect.element(screen.getByRole("heading", { name: /backup is set up/i })).toBeVisible();
  await expect.element(screen.getByRole("dialog")).not.toBeInTheDocument();
  expect(said).toEqual(["done", "done"]);
});

it("called off says so, and goes on with the same key when it is tried again", async () => {
  const said: unknown[] = [];
  const fake = fakeSetUp(newKey, [confirmedAfter(1, said)]);
  const { screen, button, field, toConfirm } = await show(fake.setUp);
  const key = await toConfirm();
  await field.fill(key);
  await button("Finish").click();
  await screen.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await expect.element(screen.getByTestId("error")).toMatchTextContent("It was not confirmed");
  await button("Retry").click();
  await button("Continue").click();
  await expect.element(screen.getByRole("heading", { name: /backup is set up/i })).toBeVisible();
  await vi.waitFor(() => expect(fake.ranWith).toEqual([key, key]));
  expect(said).toEqual([null, "done"]);
});
