import { parentPort, workerData } from "node:worker_threads";
import { writePart, type PartJob } from "./writePart.ts";

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(await writePart(workerData as PartJob));
