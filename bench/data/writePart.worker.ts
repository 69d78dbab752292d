import { parentPort, workerData } from "node:worker_threads";
import { writePart, type PartJob } from "./writePart.ts";

parentPort?.postMessage(await writePart(workerData as PartJob));
