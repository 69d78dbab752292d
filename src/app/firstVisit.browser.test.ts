import { afterEach, describe, expect, it, vi } from "vitest";
import { ok } from "@/domain/result";
import { deleteDatabase, openDatabase } from "@/lib/idb";
import { createFakeStorage } from "@/testing/createTestApp";
import { alice } from "@/testing/facts";
import { withoutWebLocks } from "@/testing/withoutWebLocks";
import { FakeGateway } from "@/testing/FakeGateway";
import { gatewayOfFirstVisit, hasStoredNothing } from "./firstVisit";

function rig(isFirstVisit: () => Promise<boolean>) {
  const load = vi.fn(() => Promise.resolve(new FakeGateway(alice)));
  return { load, gateway: gatewayOfFirstVisit(load, isFirstVisit) };
}

describe("gatewayOfFirstVisit", () => {
  it("says that nothing is stored without loading anything", async () => {
    const { load, gateway } = rig(() => Promise.resolve(true));
    expect(await gateway.readStored()).toEqual(ok(null));
    expect(load).not.toHaveBeenCalled();
  });

  it("leaves the answer to the real one where something is stored", async () => {
    const { load, gateway } = rig(() => Promise.resolve(false));
    expect(await gateway.readStored()).toEqual(ok({ user: alice, ended: false }));
    expect(load).toHaveBeenCalledOnce();
  });

  it("leaves the answer to the real one where there are no Web Locks", async () => {
    const { load, gateway } = rig(() => Promise.resolve(true));
    const locks = withoutWebLocks();
    try {
      await gateway.readStored();
    } finally {
      locks.restore();
    }
    expect(load).toHaveBeenCalledOnce();
  });

  it("asks the real one again once it was used, whatever the browser looks like", async () => {
    const { load, gateway } = rig(() => Promise.resolve(true));
    await gateway.markEnded(alice);
    expect(await gateway.readStored()).toEqual(ok({ user: alice, ended: true }));
    expect(load).toHaveBeenCalledOnce();
  });
});

describe("hasStoredNothing", () => {
  const storageOf = (items: number): Storage =>
    Object.assign(createFakeStorage(), {
      length: items,
      clear: () => undefined,
      key: () => null,
    });
  afterEach(async () => {
    vi.restoreAllMocks();
    await deleteDatabase("first-visit");
  });

  it("is so while there is no database and no item", async () => {
    const databases = vi.spyOn(indexedDB, "databases").mockResolvedValue([]);
    expect(await hasStoredNothing(storageOf(0), storageOf(0))).toBe(true);
    expect(await hasStoredNothing(storageOf(1), storageOf(0))).toBe(false);
    expect(await hasStoredNothing(storageOf(0), storageOf(1))).toBe(false);
    databases.mockRestore();
    (await openDatabase("first-visit", 1, () => undefined)).close();
    expect(await hasStoredNothing(storageOf(0), storageOf(0))).toBe(false);
  });

  it("is not claimed where it cannot be told", async () => {
    expect(await hasStoredNothing(null, storageOf(0))).toBe(false);
    vi.spyOn(indexedDB, "databases").mockRejectedValue(new DOMException("", "UnknownError"));
    expect(await hasStoredNothing(storageOf(0), storageOf(0))).toBe(false);
  });
});
