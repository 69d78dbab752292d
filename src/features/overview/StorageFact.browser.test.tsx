import { afterEach, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { StorageFact } from "./StorageFact";

afterEach(() => {
  vi.restoreAllMocks();
});

const answer = (persisted: () => Promise<boolean>) =>
  vi.spyOn(navigator.storage, "persisted").mockImplementation(persisted);

it.each<[string, () => Promise<boolean>, string, RegExp]>([
  ["keeps it", () => Promise.resolve(true), "persistent", /^Kept until you clear it$/],
  [
    "may clear it",
    () => Promise.resolve(false),
    "may_be_cleared",
    /^May be cleared by the browser/,
  ],
  ["fails to say", () => Promise.reject(new TypeError("no")), "unknown", /does not say/],
])("says so where the browser %s", async (_what, persisted, code, words) => {
  answer(persisted);
  const screen = await render(<StorageFact memoryOnly={false} />);
  const fact = screen.getByTestId("storage-persistence");
  await expect.element(fact).toHaveAttribute("data-persistence", code);
  await expect.element(fact).toMatchTextContent(words);
});

it("reads the answer again that the person gives later", async () => {
  let given = false;
  answer(() => Promise.resolve(given));
  const screen = await render(<StorageFact memoryOnly={false} />);
  const fact = screen.getByTestId("storage-persistence");
  await expect.element(fact).toHaveAttribute("data-persistence", "may_be_cleared");
  given = true;
  window.dispatchEvent(new Event("online"));
  await expect.element(fact).toHaveAttribute("data-persistence", "persistent");
});

it("has no such answer for a session of which nothing is stored", async () => {
  const asked = answer(() => Promise.resolve(true));
  const screen = await render(<StorageFact memoryOnly />);
  await expect.element(screen.getByText(/^Nothing is stored: this session/)).toBeVisible();
  expect(asked).not.toHaveBeenCalled();
});
