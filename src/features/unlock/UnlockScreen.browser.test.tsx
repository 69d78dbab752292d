import "@/app/global.css";
import { afterEach, describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import axe from "axe-core";
import type { RepairFault } from "@/domain/repair";
import { encodeRecoveryKey } from "@/domain/recoveryKey";
import { fail, ok } from "@/domain/result";
import { createActiveApp } from "@/testing/createTestApp";
import { aBackup, offline, readyIdentity } from "@/testing/facts";
import { TestProviders } from "@/testing/TestProviders";
import { UnlockScreen } from "./UnlockScreen";

const key = encodeRecoveryKey(new Uint8Array(32).fill(9));

async function show() {
  const app = await createActiveApp(({ keyBackup }) => {
    keyBackup.backup = ok(aBackup({ count: 2000 }));
    keyBackup.trust = ok({ signature: "untrusted", key: "absent" });
    keyBackup.crossSigning = ok({ ...readyIdentity, deviceVerified: false });
  });
  const screen = await render(
    <TestProviders app={app}>
      <main>
        <UnlockScreen />
      </main>
    </TestProviders>,
  );
  const button = (name: string) => screen.getByRole("button", { name, exact: true });
  await screen.getByLabelText("Recovery key", { exact: true }).fill(key);
  return { app, screen, button };
}

afterEach(() => {
  window.location.hash = "";
});

describe("unlock on the real state layer", () => {
  it("reads everything again, then starts the restore with one press", async () => {
    const { app, screen, button } = await show();
    const { keyBackup } = app.live;
    const before = keyBackup.asked.readCrossSigning;
    await button("Unlock").click();
    await expect
      .element(screen.getByText("The key fits backup version 1 with 2,000 room keys."))
      .toBeVisible();
    expect(keyBackup.asked.readCrossSigning).toBeGreaterThan(before);
    await button("Restore history").click();
    expect(window.location.hash).toBe("#/restore");
    await vi.waitFor(() => expect(app.live.restore.runs).toHaveLength(1));
  });

  describe("with a key that the account does not name", () => {
    const openedBy = { kind: "storage_key", keyId: "K", name: null, isDefault: false } as const;

    async function unlockWith(faults: readonly RepairFault[]) {
      const shown = await show();
      const { live } = shown.app;
      const report = live.keyBackup.unlocked;
      if (!report.ok) throw new Error("the fake unlocks nothing");
      live.keyBackup.unlocked = ok({ ...report.value, openedBy });
      live.repair.found = ok(faults);
      const given: Uint8Array[] = [];
      const run = live.repair.run.bind(live.repair);
      live.repair.run = (kind, used) => {
        expect([...(used?.bytes ?? [])]).toEqual(Array<number>(32).fill(9));
        if (used !== null) given.push(used.bytes);
        return run(kind, used);
      };
      await shown.button("Unlock").click();
      await expect.element(shown.screen.getByTestId("unlocked")).toBeVisible();
      return { ...shown, live, given, offer: shown.screen.getByTestId("name-key") };
    }
    const lost: RepairFault = { kind: "default_key_lost", remedy: "recovery_key" };

    it("has it named again by one press, without asking for it twice, and wipes it", async () => {
      const { screen, button, live, given, offer } = await unlockWith([lost]);
      await expect.element(offer).toMatchTextContent("no longer says which recovery key");
      expect((await axe.run(document.body)).violations).toEqual([]);
      await button("Repair").click();
      await expect.element(screen.getByTestId("key-named")).toBeVisible();
      expect(live.repair.log).toEqual(["diagnose", `run default_key_lost ${key.slice(0, 4)}`]);
      expect(given[0]).toEqual(new Uint8Array(32));
      expect(document.body.innerHTML).not.toContain(key.slice(0, 9));
    });

    it("says what failed, and leads to the repair", async () => {
      const { app, screen, button, given } = await unlockWith([lost]);
      app.live.repair.outcome = fail(offline);
      await button("Repair").click();
      await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "network");
      await expect
        .element(screen.getByRole("link", { name: "See what else can be done" }))
        .toHaveAttribute("href", "#/repair");
      expect(given[0]).toEqual(new Uint8Array(32));
    });

    it("offers nothing where nothing is to be mended, and where nobody could look", async () => {
      const { live, offer } = await unlockWith([]);
      await expect.poll(() => live.repair.log).toEqual(["diagnose"]);
      expect(offer.elements()).toEqual([]);
    });

    it("wipes the key when the screen goes", async () => {
      const copies: Uint8Array[] = [];
      // oxlint-disable-next-line typescript/unbound-method -- called with its array below
      const slice = Uint8Array.prototype.slice;
      const spy = vi.spyOn(Uint8Array.prototype, "slice").mockImplementation(function copy(
        this: Uint8Array,
        ...of
      ) {
        const copied = slice.apply(this, of);
        if (copied.length === 32 && copied.every((byte) => byte === 9)) copies.push(copied);
        return copied;
      });
      const { screen, offer } = await unlockWith([lost]);
      await expect.element(offer).toBeVisible();
      spy.mockRestore();
      const kept = copies.filter((copy) => copy.some(Boolean));
      expect(kept).toHaveLength(1);
      await screen.unmount();
      expect(kept).toEqual([new Uint8Array(32)]);
    });
  });

  it("ends with an error, not with waiting, when something breaks", async () => {
    const { app, screen, button } = await show();
    app.live.keyBackup.unlock = () => Promise.reject(new TypeError(key));
    await button("Unlock").click();
    const error = screen.getByTestId("error");
    await expect.element(error).toHaveAttribute("data-code", "unexpected");
    expect(document.body.textContent).not.toContain(key.slice(0, 9));
    await expect.element(button("Unlock")).toBeEnabled();
  });

  it("leaves no trace of the key in the caches and the store", async () => {
    const { app, screen, button } = await show();
    app.live.keyBackup.unlocked = fail(offline);
    await button("Unlock").click();
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "network");
    const kept = JSON.stringify([
      app.queryClient
        .getQueryCache()
        .getAll()
        .map(({ queryKey, state }) => [queryKey, state]),
      app.queryClient
        .getMutationCache()
        .getAll()
        .map(({ state }) => state),
      app.store.getState(),
    ]);
    expect(kept).toContain("key-backup");
    expect(kept).not.toContain(key.slice(0, 9));
    expect(kept).not.toContain(key.replaceAll(" ", "").slice(0, 9));
  });
});
