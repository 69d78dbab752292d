import type { Page } from "@playwright/test";
import type { Channel } from "./Recorder.ts";

/** A way in which a mistake could give a secret away, and where it then must be found. */
export interface Plant {
  readonly name: string;
  readonly plant: (page: Page, secret: string) => Promise<unknown>;
  readonly found: readonly Channel[];
  readonly place: RegExp;
}

/** A leak made by a script in the page. */
function inPage(run: (secret: string) => unknown): Plant["plant"] {
  return (page, secret) => page.evaluate(run, secret);
}

/** One for every channel, and for each of the ways into it. */
export const plants: readonly Plant[] = [
  {
    name: "logged as text",
    plant: inPage((secret) => console.debug(`the key is ${secret}`)),
    found: ["console"],
    place: /console\.debug/,
  },
  {
    name: "logged inside an object",
    plant: inPage((secret) => console.log("sent", { body: { key: [secret] } })),
    found: ["console"],
    place: /console\.log/,
  },
  {
    name: "logged by a worker",
    plant: async (page, secret) => {
      // Not this page's own policy: it allows no script but the app's.
      await page.route("**/chatty-worker.js", (route) =>
        route.fulfill({
          contentType: "text/javascript",
          headers: { "cross-origin-embedder-policy": "require-corp" },
          body: "onmessage = ({ data }) => console.warn(data)",
        }),
      );
      const said = page.waitForEvent("console");
      await page.evaluate((text) => {
        const { trustedTypes } = globalThis as unknown as {
          trustedTypes: {
            createPolicy(name: string, rules: object): { createScriptURL(url: string): string };
          };
        };
        const policy = trustedTypes.createPolicy("app-worker", {
          createScriptURL: (url: string) => url,
        });
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has none
        new Worker(policy.createScriptURL("/chatty-worker.js")).postMessage(text);
      }, secret);
      await said;
    },
    found: ["console"],
    place: /console\.warn/,
  },
  {
    name: "in the address",
    plant: inPage((secret) => {
      location.hash = `/unlock?key=${secret}`;
    }),
    // The app's own router keeps the route in its state.
    found: ["history", "React"],
    place: /address/,
  },
  {
    name: "in the address, and gone at once",
    plant: inPage((secret) => {
      history.replaceState(null, "", `#${encodeURIComponent(secret)}`);
      history.replaceState(null, "", "#/");
    }),
    found: ["history"],
    place: /navigation/,
  },
  {
    name: "in the state of the history",
    plant: inPage((secret) => history.pushState({ secret }, "")),
    found: ["history"],
    place: /state/,
  },
  {
    name: "in the window's name",
    plant: inPage((secret) => {
      window.name = secret;
    }),
    found: ["history"],
    place: /window name/,
  },
  {
    name: "in the address of a request",
    plant: inPage((secret) => fetch(`/config.json?key=${secret}`)),
    found: ["network"],
    place: /address/,
  },
  {
    name: "in a header",
    plant: inPage((secret) => fetch("/config.json", { headers: { "x-key": btoa(secret) } })),
    found: ["network"],
    place: /request header x-key/,
  },
  {
    name: "in the body of a request",
    plant: inPage((secret) => fetch("/config.json", { method: "POST", body: secret })),
    found: ["network"],
    place: /POST .* request body/,
  },
  {
    name: "as text on the page",
    plant: inPage((secret) => document.body.append(secret)),
    found: ["DOM"],
    place: /markup text after/,
  },
  {
    name: "on the page for one moment",
    plant: inPage(async (secret) => {
      document.body.setAttribute("data-key", secret);
      await Promise.resolve();
      document.body.removeAttribute("data-key");
    }),
    found: ["DOM"],
    place: /<body data-key>/,
  },
  {
    name: "as the value attribute of a field",
    plant: inPage((secret) => {
      document.querySelector('input[type="password"]')?.setAttribute("value", secret);
    }),
    found: ["DOM", "field"],
    place: /<input value>/,
  },
  {
    name: "in another field than its own",
    plant: inPage((secret) => {
      const field = document.querySelector<HTMLInputElement>('input[name="homeserver"]');
      if (field !== null) field.value = secret;
    }),
    found: ["field"],
    place: /homeserver \(text\)/,
  },
  {
    name: "in the title",
    plant: inPage((secret) => {
      document.title = secret;
    }),
    found: ["DOM"],
    place: /title/,
  },
  {
    name: "in localStorage",
    plant: inPage((secret) => localStorage.setItem("a", JSON.stringify({ secret }))),
    found: ["storage"],
    place: /localStorage a/,
  },
  {
    name: "in sessionStorage",
    plant: inPage((secret) => sessionStorage.setItem("a", secret)),
    found: ["storage"],
    place: /sessionStorage a/,
  },
  {
    name: "in a cookie",
    plant: inPage((secret) => {
      document.cookie = `a=${encodeURIComponent(secret)}`;
    }),
    found: ["storage"],
    place: /cookie a/,
  },
  {
    name: "in a cache",
    plant: inPage(async (secret) => {
      await (await caches.open("a")).put("/a", new Response(secret));
    }),
    found: ["storage"],
    place: /Cache API body/,
  },
  {
    name: "in a private file",
    plant: inPage(async (secret) => {
      const folder = await navigator.storage.getDirectory();
      const file = await (await folder.getFileHandle("a", { create: true })).createWritable();
      await file.write(secret);
      await file.close();
    }),
    found: ["storage"],
    place: /private file/,
  },
  {
    name: "as text in IndexedDB",
    plant: storeInIdb("text"),
    found: ["storage"],
    place: /IndexedDB planted rows/,
  },
  {
    name: "as bytes in IndexedDB",
    plant: storeInIdb("bytes"),
    found: ["storage"],
    place: /IndexedDB planted rows/,
  },
  {
    name: "as a key that can be exported in IndexedDB",
    plant: storeInIdb("key"),
    found: ["storage"],
    place: /IndexedDB planted rows CryptoKey/,
  },
  {
    name: "told to other tabs",
    plant: inPage((secret) => {
      const channel = new BroadcastChannel("tabs");
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none
      channel.postMessage({ secret });
      channel.close();
    }),
    found: ["message"],
    place: /to other tabs, tabs/,
  },
  {
    name: "in React state",
    // The username is kept in state, as a password must not be; React then writes it into the page.
    plant: (page, secret) => page.getByRole("textbox", { name: "Username" }).fill(secret),
    found: ["React", "field", "DOM"],
    place: /state of /,
  },
  {
    name: "in a prop",
    plant: inPage((secret) => {
      const button = document.querySelector("button") ?? {};
      const name = Object.keys(button).find((key) => key.startsWith("__reactProps"));
      const props: unknown = Reflect.get(button, name ?? "");
      Object.assign(props as object, {
        "aria-secret": { bytes: new TextEncoder().encode(secret) },
      });
    }),
    found: ["React"],
    place: /^props of /,
  },
  {
    name: "in the app's store",
    plant: (page, secret) => page.evaluate(leadTo, { secret, way: "store" as const }),
    found: ["React"],
    place: /store/,
  },
  {
    name: "among the answers to queries",
    plant: (page, secret) => page.evaluate(leadTo, { secret, way: "client" as const }),
    found: ["React"],
    place: /query/,
  },
  {
    name: "saved as a file",
    plant: async (page, secret) => {
      const saved = page.waitForEvent("download");
      await page.evaluate((text) => {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([text]));
        link.download = "planted.txt";
        link.click();
      }, secret);
      await saved;
    },
    found: ["download"],
    place: /file planted\.txt/,
  },
];

function storeInIdb(how: "text" | "bytes" | "key"): Plant["plant"] {
  return (page, secret) =>
    page.evaluate(
      async ([text, kind]) => {
        const bytes = new TextEncoder().encode(text);
        const key = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveBits"]);
        const extractable = await crypto.subtle.importKey(
          "raw",
          bytes,
          { name: "HMAC", hash: "SHA-256" },
          true,
          ["sign"],
        );
        const values = { text, bytes, key: extractable };
        await new Promise<void>((resolve, reject) => {
          const opening = indexedDB.open("planted");
          opening.addEventListener("upgradeneeded", () => {
            opening.result.createObjectStore("rows", { autoIncrement: true });
          });
          opening.addEventListener("error", () => reject(opening.error ?? new Error("open")));
          opening.addEventListener("success", () => {
            const database = opening.result;
            const writing = database.transaction("rows", "readwrite");
            // A key that cannot be exported lies beside it: that one is as it should be.
            writing.objectStore("rows").add({ inner: [values[kind], key] });
            writing.addEventListener("complete", () => {
              database.close();
              resolve();
            });
          });
        });
      },
      [secret, how] as const,
    );
}

/** Runs in the page: finds the app's store or query client in the React tree and plants there. */
function leadTo({ secret, way }: { readonly secret: string; readonly way: "store" | "client" }) {
  interface Fiber {
    readonly memoizedProps: {
      readonly client?: { setQueryData(key: readonly string[], value: unknown): void };
      readonly value?: { readonly store?: { setState(state: object): void } };
    } | null;
    readonly child: Fiber | null;
    readonly stateNode: { readonly current: Fiber };
  }
  const root = document.getElementById("root") ?? {};
  const name = Object.keys(root).find((key) => key.startsWith("__reactContainer")) ?? "";
  const host = Reflect.get(root, name) as Fiber;
  for (let fiber: Fiber | null = host.stateNode.current; fiber !== null; fiber = fiber.child) {
    const { client, value } = fiber.memoizedProps ?? {};
    if (way === "client" && client !== undefined) client.setQueryData(["planted"], { secret });
    if (way === "store" && value?.store !== undefined) value.store.setState({ planted: secret });
  }
}
