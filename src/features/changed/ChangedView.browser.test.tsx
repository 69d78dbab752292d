import "@/app/global.css";
import axe from "axe-core";
import { describe, expect, it, vi } from "vitest";
import { page } from "vitest/browser";
import { render } from "vitest-browser-react";
import type { AccountDevice } from "@/domain/accountDevices";
import type { BackupNotice } from "@/domain/backupNotice";
import type { KeyBackupOverview } from "@/state/hooks";
import { UNREAD, type Reading } from "@/domain/reading";
import { aBackup, backupVersion, failedReading, known, stale } from "@/testing/facts";
import { ChangedView } from "./ChangedView";

const mine = aBackup().publicKey;
const before = {
  version: backupVersion("4"),
  publicKey: mine,
  count: 1200,
  at: 0,
  earlier: [],
};
const now = {
  version: backupVersion("4"),
  publicKey: "AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIIIJJJJKKK",
  count: 0,
};
const swapped: BackupNotice = { kind: "key_swapped", before, now, signed: false };
const devices = known<readonly AccountDevice[]>([
  { deviceId: "PHONE", name: "My phone", lastSeenAt: Date.now(), standing: "verified" },
  { deviceId: "WHO", name: "<b>who\u202E is this</b>", lastSeenAt: null, standing: "unverified" },
]);

async function show(
  notice: BackupNotice | null = swapped,
  listed: Reading<readonly AccountDevice[]> = devices,
  backup: KeyBackupOverview["backup"] = known(aBackup()),
) {
  const dismissNotice = vi.fn();
  const onReadDevices = vi.fn();
  const screen = await render(
    <main>
      <ChangedView
        overview={{ notice, dismissNotice, backup }}
        devices={listed}
        onReadDevices={onReadDevices}
      />
    </main>,
  );
  const button = (name: string) => screen.getByRole("button", { name, exact: true });
  return { screen, button, dismissNotice, onReadDevices };
}

describe("for somebody who did not change the backup", () => {
  it("shows what was known and what is there now, with both keys", async () => {
    const { screen } = await show();
    const was = screen.getByRole("region", { name: "As this device knew it" });
    await expect.element(was).toMatchTextContent("hSDw CYkw");
    await expect.element(was).toMatchTextContent("1,200");
    const is = screen.getByRole("region", { name: "As the server shows it now" });
    await expect.element(is).toMatchTextContent("AAAA BBBB CCCC");
  });

  it("says what is safe and what to do, and changes nothing by itself", async () => {
    const { screen, dismissNotice } = await show();
    await expect.element(screen.getByText(/Keep this device signed in/)).toBeVisible();
    await expect.element(screen.getByText(/uploads nothing to backup version 4/)).toBeVisible();
    await expect.element(screen.getByText(/Change your account password/)).toBeVisible();
    expect(dismissNotice).not.toHaveBeenCalled();
  });

  it("lists the other devices, names as text", async () => {
    const { screen } = await show();
    const listed = screen.getByTestId("account-device");
    await expect.element(listed.nth(0)).toMatchTextContent("My phone");
    await expect.element(listed.nth(0)).toHaveAttribute("data-standing", "verified");
    await expect.element(listed.nth(1)).toMatchTextContent("<b>who");
  });

  it("does not say that there are no others when they could not be listed", async () => {
    const { screen, button, onReadDevices } = await show(swapped, failedReading);
    await expect.element(screen.getByText("Your devices could not be listed")).toBeVisible();
    expect(screen.container.textContent).not.toContain("only device");
    await button("Retry").click();
    expect(onReadDevices).toHaveBeenCalledOnce();
  });

  it("leads on when it was the person after all", async () => {
    window.location.hash = "#/changed";
    const { button, dismissNotice } = await show();
    await button("That was me").click();
    expect(dismissNotice).toHaveBeenCalledOnce();
    expect(window.location.hash).toBe("#/unlock");
  });

  it("says so when there is no change", async () => {
    const { screen } = await show(null, UNREAD);
    await expect.element(screen.getByText(/no change that you have not accepted/)).toBeVisible();
  });

  it.each([
    ["never", failedReading],
    ["not again", stale(aBackup())],
  ] as const)("claims nothing of a backup that could be read %s", async (_, backup) => {
    const { screen } = await show(null, UNREAD, backup);
    await expect.element(screen.getByText(/not known whether it was changed/)).toBeVisible();
    expect(screen.container.textContent).not.toMatch(/no change|the one that this device knows/);
  });

  it.each([
    ["key_swapped", swapped],
    ["disappeared", { kind: "disappeared", before }],
    ["rolled_back", { kind: "rolled_back", before, now, signed: false }],
  ] satisfies [string, BackupNotice][])("%s passes axe and fits 360 pixels", async (_, notice) => {
    await page.viewport(360, 640);
    const { screen } = await show(notice);
    await expect.element(screen.getByText("What is safe")).toBeVisible();
    const { violations } = await axe.run(screen.container);
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    await page.viewport(414, 896);
  });
});
