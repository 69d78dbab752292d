import { render } from "vitest-browser-react";
import { createActiveApp } from "@/testing/createTestApp";
import type { FakeLiveSession } from "@/testing/FakeLiveSession";
import { TestProviders } from "@/testing/TestProviders";
import { ManageScreen } from "./ManageScreen";

/** For tests: the screen on a page, over fakes of the ports. */
export async function showManage(prepare: (session: FakeLiveSession) => void = () => undefined) {
  const app = await createActiveApp(prepare);
  const screen = await render(
    <TestProviders app={app}>
      <main>
        <ManageScreen />
      </main>
    </TestProviders>,
  );
  const dialog = screen.getByRole("dialog");
  const button = (name: string) => screen.getByRole("button", { name, exact: true });
  const inDialog = (name: string) => dialog.getByRole("button", { name, exact: true });
  return {
    app,
    screen,
    dialog,
    button,
    inDialog,
    removal: app.live.removal,
    confirmField: dialog.getByRole("textbox", { name: /^Type / }),
    facts: screen.getByTestId("removal"),
  };
}
