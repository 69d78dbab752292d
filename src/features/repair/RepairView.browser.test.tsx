import "@/app/global.css";
import axe from "axe-core";
import { describe, expect, it, vi } from "vitest";
import { page } from "vitest/browser";
import { render } from "vitest-browser-react";
import { encodeRecoveryKey } from "@/domain/recoveryKey";
import type { RepairFault } from "@/domain/repair";
import { fail, ok } from "@/domain/result";
import { offline } from "@/testing/facts";
import { FakeRepair } from "@/testing/FakeRepair";
import { RepairView } from "./RepairView";

const recoveryKey = encodeRecoveryKey(new Uint8Array(32).fill(9));
const notStored: RepairFault = { kind: "backup_key_not_stored", remedy: "recovery_key" };
const unsigned: RepairFault = { kind: "backup_unsigned", remedy: "automatic" };

async function show(prepare: (repair: FakeRepair) => void = () => undefined) {
  const repair = new FakeRepair();
  prepare(repair);
  const onRepaired = vi.fn(() => Promise.resolve());
  const screen = await render(
    <main>
      <RepairView repair={repair} onRepaired={onRepaired} />
    </main>,
  );
  const button = (name: string) => screen.getByRole("button", { name, exact: true });
  const expectNoViolations = async (): Promise<void> => {
    const { violations } = await axe.run(screen.container);
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  };
  return {
    repair,
    onRepaired,
    screen,
    button,
    expectNoViolations,
    key: screen.getByLabelText("Recovery key", { exact: true }),
    fault: screen.getByTestId("repair-fault"),
  };
}

describe("repair", () => {
  it("says that all is in order, and offers to look behind the recovery key", async () => {
    const { repair, screen, button, key, expectNoViolations } = await show();
    await expect.element(screen.getByText("Key storage is in order")).toBeVisible();
    await expectNoViolations();
    await screen.getByText("Look behind the recovery key, too").click();
    repair.found = ok([{ kind: "stored_backup_key_differs", remedy: "recovery_key" }]);
    await key.fill(recoveryKey);
    await button("Look").click();
    await expect
      .element(screen.getByTestId("repair-fault"))
      .toHaveAttribute("data-fault", "stored_backup_key_differs");
    expect(repair.log).toEqual(["diagnose", `diagnose ${recoveryKey.slice(0, 4)}`]);
  });

  it("does one thing with the recovery key, says fixed, and leaves the next to the person", async () => {
    const { repair, screen, button, key, fault, onRepaired, expectNoViolations } = await show(
      (fake) => {
        fake.found = ok([notStored, unsigned]);
      },
    );
    await expect.element(fault).toHaveAttribute("data-fault", "backup_key_not_stored");
    await expect.element(screen.getByText("The backup is not signed by you.")).toBeVisible();
    await expectNoViolations();
    repair.outcome = ok({ fixed: true, why: null, remaining: [unsigned] });
    const run = vi.spyOn(repair, "run");
    await key.fill(recoveryKey);
    await button("Repair").click();
    // What holds now, and not what was wrong.
    await expect
      .element(screen.getByTestId("repair-fixed"))
      .toMatchTextContent("The backup’s key is stored behind your recovery key.");
    await expect.element(fault).toHaveAttribute("data-fault", "backup_unsigned");
    expect(onRepaired).toHaveBeenCalledOnce();
    const given = () => run.mock.calls.map(([, entered]) => entered?.bytes);
    await expect.poll(given).toEqual([new Uint8Array(32)]);
    // Nothing goes on by itself.
    expect(repair.log).toEqual([
      "diagnose",
      `run backup_key_not_stored ${recoveryKey.slice(0, 4)}`,
    ]);
    repair.outcome = ok({ fixed: true, why: null, remaining: [] });
    await button("Repair").click();
    await expect.element(screen.getByTestId("repair-in-order")).toBeVisible();
    expect(repair.log.at(-1)).toBe("run backup_unsigned");
  });

  it("says still wrong, and why", async () => {
    const { repair, screen, button, expectNoViolations } = await show((fake) => {
      fake.found = ok([unsigned]);
    });
    repair.outcome = ok({ fixed: false, why: offline, remaining: [unsigned] });
    await button("Repair").click();
    const still = screen.getByTestId("repair-still-wrong");
    await expect.element(still).toMatchTextContent("Still wrong");
    await expect.element(still).toMatchTextContent("The homeserver cannot be reached");
    await expect.element(still).toHaveAttribute("data-code", "network");
    await expectNoViolations();
  });

  it("keeps a wrong key apart from a fault, sends nothing that is no key, and can be tried again", async () => {
    const { repair, screen, button, key } = await show((fake) => {
      fake.found = ok([notStored]);
      fake.outcome = fail({
        kind: "recovery_key",
        problem: { reason: "does_not_match", keyId: "k" },
      });
    });
    await key.fill("Es not a key");
    await button("Repair").click();
    await expect.element(key).toHaveAttribute("aria-invalid", "true");
    expect(repair.log).toEqual(["diagnose"]);
    await key.fill(recoveryKey);
    await button("Repair").click();
    await vi.waitFor(() => expect(repair.log).toHaveLength(2));
    await expect.element(key).toHaveAttribute("aria-invalid", "true");
    repair.outcome = ok({ fixed: true, why: null, remaining: [] });
    await button("Repair").click();
    await expect.element(screen.getByTestId("repair-in-order")).toBeVisible();
  });

  it("takes the key from a file", async () => {
    const { repair, screen, button, key } = await show((fake) => {
      fake.found = ok([notStored]);
    });
    await expect
      .element(screen.getByText(/It will be stored behind your recovery key/))
      .toBeVisible();
    const file = new File([`Recovery key:\n\n    ${recoveryKey}\n`], "key.txt");
    await screen.getByLabelText("Choose file").upload(file);
    await expect.element(key).toHaveValue(recoveryKey);
    repair.outcome = ok({ fixed: true, why: null, remaining: [] });
    await button("Repair").click();
    await expect.element(screen.getByTestId("repair-in-order")).toBeVisible();
  });

  it("says nothing about what could not be read, and looks again", async () => {
    const { repair, screen, button } = await show((fake) => {
      fake.found = fail(offline);
    });
    await expect.element(screen.getByText(/nothing is said to be in order/)).toBeVisible();
    repair.found = ok([]);
    await button("Retry").click();
    await expect.element(screen.getByTestId("repair-in-order")).toBeVisible();
  });

  it("does one repair for two presses", async () => {
    const { repair, screen, button } = await show((fake) => {
      fake.found = ok([unsigned]);
    });
    await expect.element(button("Repair")).toBeVisible();
    const release = repair.hold();
    const element = button("Repair").element();
    if (!(element instanceof HTMLElement)) throw new Error("no button");
    element.click();
    element.click();
    release();
    await expect.element(screen.getByTestId("repair-in-order")).toBeVisible();
    expect(repair.log.filter((line) => line.startsWith("run"))).toHaveLength(1);
  });

  it.each([
    [{ kind: "default_key_broken", remedy: "set_up" }, "Set up backup", "#/set-up"],
    [{ kind: "backup_unusable", remedy: "export_and_replace" }, "Export keys", "#/key-file"],
    [
      { kind: "backup_unusable", remedy: "export_and_replace" },
      "Replace backup",
      "#/manage/replace",
    ],
    [{ kind: "keys_missing_on_server", remedy: "export_and_replace" }, "Export keys", "#/key-file"],
    [
      { kind: "keys_missing_on_server", remedy: "export_and_replace" },
      "Replace backup",
      "#/manage/replace",
    ],
  ] satisfies [RepairFault, string, string][])("leads on from %o", async (fault, name, hash) => {
    window.location.hash = "#/repair";
    const { button, expectNoViolations } = await show((fake) => {
      fake.found = ok([fault]);
    });
    await expect.element(button(name)).toBeVisible();
    await expectNoViolations();
    await button(name).click();
    expect(window.location.hash).toBe(hash);
  });

  it("fits 360 pixels", async () => {
    await page.viewport(360, 640);
    const { fault } = await show((fake) => {
      fake.found = ok([{ kind: "default_key_broken", remedy: "recovery_key", orSetUp: true }]);
    });
    await expect.element(fault).toMatchTextContent("make a new recovery key");
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    await page.viewport(414, 896);
  });
});
