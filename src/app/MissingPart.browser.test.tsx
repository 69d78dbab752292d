import "@/app/global.css";
import axe from "axe-core";
import { Suspense, type ReactNode } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { lazyPart } from "@/ui/lazyPart";
import { ErrorScreen } from "./ErrorScreen";
import { MissingPart } from "./MissingPart";

const Missing = lazyPart(() => Promise.reject(new TypeError("Failed to fetch dynamically")));

function Broken(): never {
  throw new TypeError("a bug");
}

afterEach(() => {
  vi.restoreAllMocks();
});

/** A screen in its boundary, as the frame has it, and the one around everything. */
const guarded = (screen: string, content: ReactNode, unstored = false) => (
  <ErrorScreen>
    <main>
      <p>Around it</p>
      <MissingPart screen={screen} unstored={unstored}>
        <Suspense fallback="Loading…">{content}</Suspense>
      </MissingPart>
    </main>
  </ErrorScreen>
);

describe("MissingPart", () => {
  it("says that a part did not arrive, and leaves what stands around it", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const screen = await render(guarded("one", <Missing />));
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "part_missing");
    await expect.element(screen.getByRole("button", { name: "Reload" })).toBeVisible();
    await expect.element(screen.getByText("Around it")).toBeVisible();
    expect((await axe.run(document.body)).violations).toEqual([]);
  });

  it("makes way for another screen", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const screen = await render(guarded("one", <Missing />));
    await expect.element(screen.getByTestId("error")).toBeVisible();
    await screen.rerender(guarded("two", <p>All well</p>));
    await expect.element(screen.getByText("All well")).toBeVisible();
    await expect.element(screen.getByTestId("error")).not.toBeInTheDocument();
  });

  it("is tried again without a reload where that would end the session", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const load = vi.fn<() => Promise<() => ReactNode>>();
    load.mockRejectedValueOnce(new TypeError("Failed to fetch dynamically"));
    load.mockRejectedValueOnce(new TypeError("Failed to fetch dynamically"));
    load.mockResolvedValue(() => <p>Arrived</p>);
    const Late = lazyPart(load);
    const screen = await render(guarded("one", <Late />, true));
    const again = screen.getByRole("button", { name: "Try again" });
    await expect.element(again).toBeVisible();
    expect(screen.getByRole("button", { name: "Reload" }).elements()).toEqual([]);
    const leaving = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(leaving);
    expect(leaving.defaultPrevented).toBe(true);
    await again.click();
    await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(2));
    await again.click();
    await expect.element(screen.getByText("Arrived")).toBeVisible();
    expect(load).toHaveBeenCalledTimes(3);
  });

  it("leaves a bug to the screen for bugs", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const screen = await render(guarded("one", <Broken />));
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "unexpected");
  });
});
