import "@/app/global.css";
import { afterEach, describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { createFakeStorage, createTestApp } from "@/testing/createTestApp";
import { alice } from "@/testing/facts";
import { TestProviders } from "@/testing/TestProviders";
import { App } from "./App";
import { guardConnections } from "./guardConnections";

const narrowing = vi.hoisted(() => ({ allowed: null as readonly string[] | null }));
// The page under test is the one that runs the tests: it must keep its own connections.
vi.mock(import("@/lib/narrowConnections"), () => ({
  narrowConnections: (origins: readonly string[]) => {
    narrowing.allowed ??= origins;
  },
  isNarrowed: () => narrowing.allowed !== null,
  mayConnectTo: (origin: string) => narrowing.allowed?.includes(origin) ?? true,
}));

afterEach(() => {
  narrowing.allowed = null;
  window.location.hash = "";
});

const homeserver = new URL(alice.homeserverUrl).origin;

function guarded(
  app = createTestApp(alice),
  storage = createFakeStorage(),
  origins: readonly string[] = [homeserver],
) {
  const nothing = (): void => undefined;
  const page = { reachable: true, reloads: 0, wake: nothing, refuse: nothing };
  const connections = guardConnections(app.services, () => origins, {
    reload: () => {
      page.reloads++;
    },
    isReachable: () => Promise.resolve(page.reachable),
    onWakeUp: (listener) => {
      page.wake = listener;
      return () => {
        page.wake = nothing;
      };
    },
    onRefused: (listener) => {
      page.refuse = listener;
    },
    storage: storage as unknown as Storage,
  });
  const show = () =>
    render(
      <TestProviders app={app}>
        <App
          config={{ defaultHomeserver: null, homeserver: null, oauthClientIds: {} }}
          connections={connections}
        />
      </TestProviders>,
    );
  return { app, page, storage, show };
}

/** The first sync works. */
function goLive(rig: ReturnType<typeof guarded>): void {
  rig.app.gateway.session.emit({ kind: "sync", state: "live" });
}

/** Opens alice's session and signs it out. */
async function leave(rig: ReturnType<typeof guarded>) {
  rig.app.session.start();
  const screen = await rig.show();
  await expect.element(screen.getByTestId("device-state")).toBeVisible();
  goLive(rig);
  await rig.app.session.signOut();
  return screen;
}

describe("guardConnections", () => {
  it("narrows the page to the session's servers once the server takes it, and not before", async () => {
    const rig = guarded();
    const release = rig.app.gateway.hold();
    rig.app.session.start();
    const screen = await rig.show();
    await expect.element(screen.getByText("Opening your encrypted store…")).toBeVisible();
    expect(narrowing.allowed).toBeNull();
    release();
    await expect.element(screen.getByTestId("device-state")).toBeVisible();
    expect(narrowing.allowed).toBeNull();
    rig.app.gateway.session.emit({ kind: "sync", state: "offline" });
    expect(narrowing.allowed).toBeNull();
    goLive(rig);
    expect(narrowing.allowed).toEqual([homeserver]);
    expect(rig.page.reloads).toBe(0);
  });

  it("loads the page anew after the session, which then says why it ended, once", async () => {
    const rig = guarded();
    const screen = await leave(rig);
    await vi.waitFor(() => expect(rig.page.reloads).toBe(1));
    expect(screen.getByRole("heading", { name: "Sign in" }).elements()).toEqual([]);
    await screen.unmount();

    narrowing.allowed = null;
    const next = guarded(createTestApp(), rig.storage);
    next.app.session.start();
    const page = await next.show();
    await expect.element(page.getByText("You are signed out")).toBeVisible();
    expect(next.page.reloads).toBe(0);
    expect([...rig.storage.items]).toEqual([]);
    next.app.session.startOver();
    await expect.element(page.getByText("You are signed out")).not.toBeInTheDocument();
  });

  it("says over the reload where the person may still be signed in, and nothing of it after a password", async () => {
    const rig = guarded();
    rig.app.memory.write(alice.userId, { signedInAt: "hs.example.org:8448" });
    const screen = await leave(rig);
    await vi.waitFor(() => expect(rig.page.reloads).toBe(1));
    await screen.unmount();
    narrowing.allowed = null;
    const next = guarded(createTestApp(), rig.storage);
    next.app.session.start();
    const page = await next.show();
    const words = /does not sign you out at hs\.example\.org:8448/;
    await expect.element(page.getByText(words)).toBeVisible();
    await page.unmount();

    const other = guarded(createTestApp(alice));
    const after = await leave(other);
    await vi.waitFor(() => expect(other.page.reloads).toBe(1));
    await after.unmount();
    narrowing.allowed = null;
    const last = guarded(createTestApp(), other.storage);
    last.app.session.start();
    const shown = await last.show();
    await expect.element(shown.getByText("You are signed out")).toBeVisible();
    expect(shown.getByText(/sign out there|sign you out/).elements()).toEqual([]);
  });

  it("loads anew also after a session that never reached its server", async () => {
    const rig = guarded();
    rig.app.session.start();
    const screen = await rig.show();
    await expect.element(screen.getByTestId("device-state")).toBeVisible();
    await rig.app.session.signOut();
    await vi.waitFor(() => expect(rig.page.reloads).toBe(1));
  });

  it("stays where a reload would fail, and does it when it would not", async () => {
    const rig = guarded();
    rig.page.reachable = false;
    const screen = await leave(rig);
    await expect.element(screen.getByText("You are signed out")).toBeVisible();
    expect(rig.page.reloads).toBe(0);
    rig.page.reachable = true;
    rig.page.wake();
    await vi.waitFor(() => expect(rig.page.reloads).toBe(1));
  });

  it("loads anew before a session of another server is opened", async () => {
    narrowing.allowed = ["https://elsewhere.example"];
    const rig = guarded();
    rig.app.gateway.hold();
    rig.app.session.start();
    await rig.show();
    await vi.waitFor(() => expect(rig.page.reloads).toBe(1));
  });

  it("loads anew for a session of the same server that needs another one besides", async () => {
    narrowing.allowed = [homeserver];
    const rig = guarded(createTestApp(alice), createFakeStorage(), [
      homeserver,
      "https://auth.example.org",
    ]);
    rig.app.session.start();
    await rig.show();
    await vi.waitFor(() => expect(rig.page.reloads).toBe(1));
  });

  it("stays for a session that needs no more than the last one", async () => {
    narrowing.allowed = [homeserver, "https://auth.example.org"];
    const rig = guarded();
    rig.app.session.start();
    const screen = await rig.show();
    await expect.element(screen.getByTestId("device-state")).toBeVisible();
    expect(rig.page.reloads).toBe(0);
  });

  it("does not narrow for a session that had expired before it was opened", async () => {
    const rig = guarded();
    rig.app.session.start();
    const screen = await rig.show();
    await expect.element(screen.getByTestId("device-state")).toBeVisible();
    rig.app.gateway.session.emit({ kind: "signed_out", soft: true });
    await expect.element(screen.getByText("Your session has expired")).toBeVisible();
    expect(narrowing.allowed).toBeNull();
    rig.page.refuse();
    expect(rig.page.reloads).toBe(0);
  });

  it.each([
    ["expired", true],
    ["ended", false],
  ] as const)("loads anew when signing in again needs another server: %s", async (kind, soft) => {
    const rig = guarded();
    rig.app.session.start();
    await rig.show();
    await expect.poll(() => rig.app.store.getState().phase.kind).toBe("active");
    goLive(rig);
    rig.page.refuse();
    rig.app.gateway.session.emit({ kind: "signed_out", soft });
    await expect.poll(() => rig.app.store.getState().phase.kind).toBe(kind);
    expect(rig.page.reloads).toBe(0);
    rig.page.refuse();
    await vi.waitFor(() => expect(rig.page.reloads).toBe(1));
  });

  it("stays where loading anew for that would fail", async () => {
    const rig = guarded();
    rig.app.session.start();
    await rig.show();
    await expect.poll(() => rig.app.store.getState().phase.kind).toBe("active");
    goLive(rig);
    rig.app.gateway.session.emit({ kind: "signed_out", soft: true });
    rig.page.reachable = false;
    rig.page.refuse();
    await Promise.resolve();
    await Promise.resolve();
    expect(rig.page.reloads).toBe(0);
    rig.page.reachable = true;
    rig.page.refuse();
    await vi.waitFor(() => expect(rig.page.reloads).toBe(1));
  });

  it("does not mind a page that was never narrowed", async () => {
    const rig = guarded(createTestApp());
    rig.app.session.start();
    const screen = await rig.show();
    await expect.element(screen.getByRole("heading", { name: "Sign in" })).toBeVisible();
    expect(rig.page.reloads).toBe(0);
  });
});
