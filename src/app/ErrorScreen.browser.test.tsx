import "@/app/global.css";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { ConfigErrorScreen } from "./ConfigErrorScreen";
import { ErrorScreen } from "./ErrorScreen";

function Broken(): never {
  throw new TypeError(
    "cannot read syt_YWxpY2U_abcdefghijklmnop_1abcde of EsTP qYDJ P2ve Y4KB pKcU yp2D 868P VGkF hrsi s3hK jP9W VhgM",
  );
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("ErrorScreen", () => {
  it("shows what it guards while nothing is wrong", async () => {
    const screen = await render(<ErrorScreen>All well</ErrorScreen>);
    await expect.element(screen.getByText("All well")).toBeVisible();
  });

  it("takes the place of a page that threw, with a report that holds no secret", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const screen = await render(
      <ErrorScreen>
        <Broken />
      </ErrorScreen>,
    );
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "unexpected");
    await expect.element(screen.getByRole("button", { name: "Reload" })).toBeVisible();
    await screen.getByText("Details for a report").click();
    const report = screen.getByText(/TypeError/);
    await expect.element(report).toBeVisible();
    await expect.element(report).not.toMatchTextContent(/syt_|EsTP|VhgM/);
    expect((await axe.run(document.body)).violations).toEqual([]);
    expect(logged).toHaveBeenCalled();
  });

  it("copies the report on request", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const copied: string[] = [];
    vi.spyOn(navigator.clipboard, "writeText").mockImplementation(async (text) => {
      copied.push(text);
    });
    const screen = await render(
      <ErrorScreen>
        <Broken />
      </ErrorScreen>,
    );
    await screen.getByText("Details for a report").click();
    await screen.getByRole("button", { name: "Copy details" }).click();
    await expect.element(screen.getByText("Copied.")).toBeVisible();
    expect(copied).toEqual([expect.stringContaining("TypeError")]);
  });
});

describe("ConfigErrorScreen", () => {
  it("names the field", async () => {
    const screen = await render(
      <ConfigErrorScreen
        problem={{ field: "defaultHomeserver", problem: "must be text or null" }}
      />,
    );
    await expect
      .element(screen.getByRole("alert"))
      .toMatchTextContent("“defaultHomeserver” in config.json must be text or null");
    expect((await axe.run(document.body)).violations).toEqual([]);
  });
});
