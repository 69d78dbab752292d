import { createElement } from "react";
import { render } from "vitest-browser-react";
import { createActiveApp } from "@/testing/createTestApp";
import type { FakeLiveSession } from "@/testing/FakeLiveSession";
import { TestProviders } from "@/testing/TestProviders";
import { ManageScreen } from "./ManageScreen";

/** For tests: the screen on a page, over fakes of the ports. */
export async function showManage(prepare: (session: FakeLiveSession) => void = () => undefined) {
  const app = await createActiveApp(prepare);
  const main = createElement("main", null, createElement(ManageScreen));
  // oxlint-disable-next-line react/no-children-prop -- required by its type, and this is no .tsx
  const screen = await render(createElement(TestProviders, { app, children: main }));
  const dialog = screen.getByRole("dialog");
  return {
    app,
    screen,
    dialog,
    button: (name: string) => screen.getByRole("button", { name, exact: true }),
    inDialog: (name: string) => dialog.getByRole("button", { name, exact: true }),
    removal: app.live.removal,
    confirmField: dialog.getByRole("textbox", { name: /^Type / }),
    facts: screen.getByTestId("removal"),
  };
}
