import { expect, it } from "vitest";
import { render } from "vitest-browser-react";
import { ok } from "@/domain/result";
import type { Route } from "@/lib/route";
import { createActiveApp } from "@/testing/createTestApp";
import { aBackup, aReport } from "@/testing/facts";
import { TestProviders } from "@/testing/TestProviders";
import { queriesOf } from "./queries";
import { useForgottenErrand, useRestoreErrand } from "./actionHooks";

function Errand({ route }: { route: Route }) {
  useForgottenErrand(route);
  const { restoreFor, setRestoreFor } = useRestoreErrand();
  return <button onClick={() => setRestoreFor("replace")}>{restoreFor ?? "nothing"}</button>;
}

async function show() {
  const app = await createActiveApp((session) => {
    session.keyBackup.backup = ok(aBackup({ count: 3 }));
  });
  await app.queryClient.fetchQuery(queriesOf(app.live).backup);
  const view = (route: Route) => (
    <TestProviders app={app}>
      <Errand route={route} />
    </TestProviders>
  );
  const screen = await render(view("replace"));
  const button = screen.getByRole("button");
  return {
    app,
    begin: () => button.click(),
    go: (route: Route) => screen.rerender(view(route)),
    expectErrand: (text: string) => expect.element(button).toHaveTextContent(text),
  };
}

it("keeps what the history is restored for on the way to the restore", async () => {
  const { begin, go, expectErrand } = await show();
  await expectErrand("nothing");
  await begin();
  await expectErrand("replace");
  for (const route of ["unlock", "verify", "restore"] as const) {
    await go(route);
    await expectErrand("replace");
  }
  await go("replace");
  await expectErrand("nothing");
});

it("forgets it when the person goes elsewhere and has begun no restore", async () => {
  const { begin, go, expectErrand } = await show();
  await begin();
  await go("restore");
  await go("overview");
  await expectErrand("nothing");
  await go("restore");
  await expectErrand("nothing");
});

it("keeps it while the restore is looked after elsewhere, and until its end was read", async () => {
  const { app, begin, go, expectErrand } = await show();
  await begin();
  await go("restore");
  app.services.restore.start();
  await expect.poll(() => app.live.restore.runs.length).toBe(1);
  await go("rooms");
  await expectErrand("replace");
  app.live.restore.last.end({ kind: "completed", report: aReport({ received: 3, imported: 3 }) });
  await expect.poll(() => app.services.store.getState().restoreJob.kind).toBe("finished");
  await expectErrand("replace");
  app.services.restore.dismiss();
  await expectErrand("nothing");
});
