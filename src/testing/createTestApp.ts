import type { SignedInUser } from "@/domain/session";
import { attachSession } from "@/state/attachSession";
import { createAppServices } from "@/state/createAppServices";
import { createMemory } from "@/state/memory";
import { alice } from "./facts";
import { FakeGateway } from "./FakeGateway";
import type { FakeLiveSession } from "./FakeLiveSession";
import { FakeTabLock } from "./FakeTabLock";

/** The real state layer on fakes of everything outside of it. */
export type TestApp = ReturnType<typeof createTestApp>;

export function createTestApp(
  stored: SignedInUser | null = null,
  /** What the browser remembers from earlier visits. */
  storage = createFakeStorage(),
) {
  const gateway = new FakeGateway(stored);
  const lock = new FakeTabLock();
  const memory = createMemory(storage);
  const wakeUps = new Set<() => void>();
  /** Pages that the app has left for. */
  const left: string[] = [];
  const services = createAppServices({
    gateway: () => Promise.resolve(gateway),
    attachSession: () => Promise.resolve(attachSession),
    lock,
    memory,
    leaveFor: (url) => void left.push(url),
    wakeUps: (listener) => {
      wakeUps.add(listener);
      return () => wakeUps.delete(listener);
    },
  });
  /** Says to the app that the connection may be back. */
  const wakeUp = (): void => {
    for (const listener of wakeUps) listener();
  };
  return { gateway, lock, memory, storage, services, wakeUp, left, ...services };
}

/** A test app with alice's session open and, unless told otherwise, its first sync done. */
export async function createActiveApp(
  prepare: (session: FakeLiveSession) => void = () => undefined,
  { synced = true }: { readonly synced?: boolean } = {},
) {
  const app = createTestApp(alice);
  app.gateway.onOpen = prepare;
  const active = new Promise<void>((resolve) => {
    app.store.subscribe((state) => {
      if (state.phase.kind === "active") resolve();
    });
  });
  app.session.start();
  await active;
  const live = app.gateway.session;
  if (synced) live.emit({ kind: "sync", state: "live" });
  return { ...app, live };
}

/** As much of `localStorage` as the app uses. */
export function createFakeStorage() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string): string | null => items.get(key) ?? null,
    setItem: (key: string, value: string): void => {
      items.set(key, value);
    },
    removeItem: (key: string): void => {
      items.delete(key);
    },
  };
}
