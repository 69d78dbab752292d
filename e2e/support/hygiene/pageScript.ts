/** What the script in the page hands out. Bytes are base64. */
export interface PageNote {
  readonly channel: "DOM" | "field" | "history" | "message" | "network";
  readonly place: string;
  readonly text: string;
}

/** Elements that show a recovery key: their text is noted apart from the rest of the page. */
const SHOWS_KEY = '[data-testid="recovery-key"], [data-print-kit] p[translate="no"]';

/** As an argument of the init script, which cannot see this module. */
export const pageScriptOptions = { showsKey: SHOWS_KEY };

/**
 * Runs in every page before its own scripts: notes the markup, the values of the fields, the title
 * and the address at every change of the document, and what is said to other tabs. It uses nothing
 * from outside itself.
 */
export function watchPage({ showsKey }: { readonly showsKey: string }): void {
  const report = (note: PageNote): void => {
    const send: unknown = Reflect.get(globalThis, "__noteHygiene");
    if (note.text !== "" && typeof send === "function") send(note);
  };

  function look(): void {
    const root = document.documentElement;
    if (root === null) return;
    const copy = root.cloneNode(true);
    if (!(copy instanceof Element)) return;
    for (const element of copy.querySelectorAll(showsKey)) {
      report({ channel: "DOM", place: "the key on show", text: element.textContent });
      element.textContent = "";
    }
    report({ channel: "DOM", place: "markup", text: copy.outerHTML });
    report({ channel: "DOM", place: "title", text: document.title });
    for (const input of document.querySelectorAll("input, textarea, select")) {
      const { name, type, value } = input as HTMLInputElement;
      report({ channel: "field", place: `${name} (${type})`, text: value });
    }
    report({ channel: "history", place: "address", text: location.href });
    report({ channel: "history", place: "state", text: JSON.stringify(history.state) ?? "" });
    report({ channel: "history", place: "window name", text: window.name });
    report({ channel: "history", place: "referrer", text: document.referrer });
  }

  /** Every entry of the tab's history, and every address that was loaded. */
  function lookBack(): void {
    const past: unknown = Reflect.get(globalThis, "navigation");
    if (typeof past === "object" && past !== null && "entries" in past) {
      const tab = past as { entries: () => { url: string | null; getState: () => unknown }[] };
      for (const entry of tab.entries()) {
        // Null where the page of that entry did not want it told.
        report({ channel: "history", place: "entry", text: entry.url ?? "" });
        const state = JSON.stringify(entry.getState()) ?? "";
        report({ channel: "history", place: "state of an entry", text: state });
      }
    }
    for (const { name } of performance.getEntries())
      report({ channel: "network", place: "performance entry", text: name });
  }

  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  });
  document.addEventListener("input", look, true);
  // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below
  const { postMessage } = BroadcastChannel.prototype;
  BroadcastChannel.prototype.postMessage = function noted(message: unknown): void {
    report({
      channel: "message",
      place: `to other tabs, ${this.name}`,
      text: JSON.stringify(message),
    });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none
    postMessage.call(this, message);
  };
  Reflect.set(globalThis, "__lookNow", () => {
    look();
    lookBack();
  });
}
