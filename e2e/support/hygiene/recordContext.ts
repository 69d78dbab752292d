import { readFile } from "node:fs/promises";
import type { BrowserContext, ConsoleMessage, Page } from "@playwright/test";
import { dumpStorage } from "./dumpStorage.ts";
import { pageScriptOptions, watchPage, type PageNote } from "./pageScript.ts";
import { watchReact, type ReactNote } from "./reactScript.ts";
import { recordNetwork } from "./recordNetwork.ts";
import type { Recorder } from "./Recorder.ts";

/** Turns every recorder on for a browser profile. To be called before its first page has gone anywhere. */
export async function recordContext(context: BrowserContext, recorder: Recorder): Promise<void> {
  await context.exposeBinding("__noteHygiene", (_source, note: PageNote) =>
    recorder.note(note.channel, note.place, note.text),
  );
  await context.exposeBinding("__noteReact", (_source, note: ReactNote) =>
    recorder.note("React", note.place, contentOf(note)),
  );
  await context.addInitScript(watchPage, pageScriptOptions);
  await context.addInitScript(watchReact);
  recordNetwork(context, recorder);
  context.on("weberror", (webError) => {
    const error = webError.error();
    recorder.note("console", "uncaught error", `${error.message}\n${error.stack ?? ""}`);
  });
  for (const page of context.pages()) recordPage(page, recorder);
  context.on("page", (page) => recordPage(page, recorder));
}

/** Looks at everything at once: the page, its React tree, its history, all it has stored. */
export async function lookAt(page: Page, recorder: Recorder): Promise<void> {
  await page.evaluate(() => {
    for (const name of ["__lookNow", "__walkReact"]) {
      const look: unknown = Reflect.get(globalThis, name);
      if (typeof look === "function") look();
    }
  });
  for (const note of await page.evaluate(dumpStorage))
    recorder.note("storage", note.place, contentOf(note));
  for (const cookie of await page.context().cookies())
    recorder.note("storage", `cookie ${cookie.name}`, cookie.value);
  await recorder.settled();
}

function recordPage(page: Page, recorder: Recorder): void {
  const noteMessage = (message: ConsoleMessage): void => {
    const place = `console.${message.type()}`;
    recorder.note("console", place, message.text());
    for (const argument of message.args()) {
      const read = async (): Promise<void> => {
        recorder.note("console", place, JSON.stringify(await argument.jsonValue()) ?? "");
      };
      recorder.pend(read());
    }
  };
  page.on("console", noteMessage);
  page.on("worker", (worker) => worker.on("console", noteMessage));
  page.on("framenavigated", (frame) => recorder.note("history", "navigation", frame.url()));
  page.on("download", (download) => {
    const name = download.suggestedFilename();
    recorder.note("download", "name", name);
    recorder.note("download", "address", download.url());
    const read = async (): Promise<void> => {
      recorder.note("download", `file ${name}`, await readFile(await download.path()));
    };
    recorder.pend(read());
  });
}

function contentOf(note: { readonly text: string; readonly isBytes: boolean }): string | Buffer {
  return note.isBytes ? Buffer.from(note.text, "base64") : note.text;
}
