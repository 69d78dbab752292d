import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  isNarrowed,
  mayConnectTo,
  narrowConnections,
  onRefusedConnection,
} from "./narrowConnections";

let frame: HTMLIFrameElement;
let page: Document;
let view: Window & typeof globalThis;

/** A page of its own: a policy cannot be taken back. */
beforeEach(async () => {
  frame = document.createElement("iframe");
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  frame.srcdoc = "<!doctype html><title>page</title>";
  document.body.append(frame);
  await loaded;
  const { contentDocument, contentWindow } = frame;
  if (contentDocument === null || contentWindow === null) throw new Error("no page in the frame");
  page = contentDocument;
  view = contentWindow as Window & typeof globalThis;
});
afterEach(() => frame.remove());

// Nothing listens there: what the policy lets out fails at once, without leaving this machine.
const homeserver = "http://127.0.0.1:9";
const elsewhere = "http://localhost:9";
const last = "http://127.0.0.1:9999/last";

/**
 * The addresses among these that the policy keeps requests from. The browser tells of each a little
 * later, in order; so one that is always kept back comes last.
 */
async function keptBack(...urls: readonly string[]): Promise<string[]> {
  const kept: string[] = [];
  const told = new Promise<void>((resolve) => {
    page.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
      if (effectiveDirective !== "connect-src") return;
      if (blockedURI === last) resolve();
      else kept.push(blockedURI);
    });
  });
  for (const url of [...urls, last]) {
    await view.fetch(url, { mode: "no-cors" }).catch(() => undefined);
  }
  await told;
  return kept;
}

describe("narrowConnections", () => {
  it("leaves the page its own host and the origins it is given", async () => {
    expect(isNarrowed(page)).toBe(false);
    expect(mayConnectTo(elsewhere, page)).toBe(true);
    narrowConnections([homeserver], page);
    expect(isNarrowed(page)).toBe(true);
    const own = new URL("/favicon.ico", window.location.href).href;
    expect(await keptBack(`${homeserver}/x`, own, `${elsewhere}/x`)).toEqual([`${elsewhere}/x`]);
    expect([mayConnectTo(elsewhere, page), mayConnectTo(homeserver, page)]).toEqual([false, true]);
  });

  it("is heard of when it keeps a request back, and only then", async () => {
    narrowConnections([homeserver], page);
    let refused = 0;
    onRefusedConnection(() => {
      refused++;
    }, page);
    await view.fetch(`${homeserver}/x`, { mode: "no-cors" }).catch(() => undefined);
    await view.fetch(`${elsewhere}/x`, { mode: "no-cors" }).catch(() => undefined);
    await expect.poll(() => refused).toBe(1);
  });

  it.each(["http://*", "http://a.test;x", `http://a.test ${elsewhere}`, "http://a.test,b.test"])(
    "leaves out what a policy would read as something else than one origin: %s",
    async (origin) => {
      narrowConnections([origin, homeserver], page);
      expect(await keptBack(`${homeserver}/x`, `${elsewhere}/x`)).toEqual([`${elsewhere}/x`]);
      expect(mayConnectTo(origin, page)).toBe(false);
    },
  );

  it("cannot be widened, and does not say so", async () => {
    narrowConnections([homeserver], page);
    narrowConnections([elsewhere], page);
    expect(await keptBack(`${homeserver}/x`, `${elsewhere}/x`)).toEqual([`${elsewhere}/x`]);
    expect(mayConnectTo(elsewhere, page)).toBe(false);
  });
});
