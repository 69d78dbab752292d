import { render } from "vitest-browser-react";
import type { SetUpPort } from "@/domain/ports";
import { SetUpWizard } from "./SetUpWizard";

const user = {
  userId: "@alice:example.test",
  deviceId: "DEVICE",
  homeserverUrl: "https://matrix.example.test",
};

/** For tests: the wizard on a page, and its parts. */
export async function show(setUp: SetUpPort, onlyInTab = false) {
  const calls: string[] = [];
  const screen = await render(
    <main>
      <h1>Set up backup</h1>
      <SetUpWizard
        setUp={setUp}
        user={user}
        onlyInTab={onlyInTab}
        onSetUp={async () => void calls.push("set up")}
        onClose={() => calls.push("closed")}
      />
    </main>,
  );
  const button = (name: string) => screen.getByRole("button", { name, exact: true });
  const field = screen.getByLabelText("Recovery key", { exact: true });
  async function toConfirm(): Promise<string> {
    await button("Show recovery key").click();
    const key = screen.getByTestId("recovery-key").element().textContent;
    await button("I have saved it").click();
    return key;
  }
  return { screen, button, field, calls, toConfirm };
}
