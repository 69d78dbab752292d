import type { BrowserContext, Request } from "@playwright/test";
import type { Recorder } from "./Recorder.ts";

/** Notes every request (address, headers, body) and every answer of a homeserver. */
export function recordNetwork(context: BrowserContext, recorder: Recorder): void {
  context.on("request", (request) => {
    const what = nameOf(request);
    recorder.note("network", `${what} address`, request.url());
    noteHeaders(recorder, `${what} request header`, request.headers());
    recorder.note("network", `${what} request body`, request.postDataBuffer() ?? "");
  });
  context.on("requestfinished", (request) => recorder.pend(noteEnd(request, recorder)));
}

/** The headers that the browser added late, and the answer. */
async function noteEnd(request: Request, recorder: Recorder): Promise<void> {
  const what = nameOf(request);
  noteHeaders(recorder, `${what} request header`, await request.allHeaders());
  const response = await request.response();
  if (response === null) return;
  noteHeaders(recorder, `${what} answer header`, await response.allHeaders());
  if (what.includes("/_matrix/")) recorder.note("network", `${what} answer`, await response.text());
}

function noteHeaders(recorder: Recorder, place: string, headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers))
    recorder.note("network", `${place} ${name}`, value);
}

/** Method and path, with what changes from one to the next left out. */
function nameOf(request: Request): string {
  const { pathname, host } = new URL(request.url());
  const path = pathname
    .replace(/(user|devices|rooms|keys|sendToDevice|filter)\/[@!%][^/]*/gu, "$1/…")
    .replace(/(sendToDevice\/[^/]+)\/.*/u, "$1/…");
  return `${request.method()} ${path.startsWith("/_matrix/") ? "" : host}${path}`;
}
