import { measureCrash } from "./crash.ts";
import { measureDecryptWith, measureSteps, measureStorageKey, measureWorkers } from "./details.ts";
import type { Figure } from "./figure.ts";
import { measureLink } from "./link.ts";
import { measureMainThread } from "./mainThread.ts";
import { measureMemory, measureScaling } from "./memory.ts";
import { measureFirstRoom, measureRate, measureSecond } from "./speed.ts";

/** What is measured against a target, by the name it is selected with, in the order of the table. */
export const figures: ReadonlyMap<string, Figure> = new Map([
  ["rate", { title: "Rate", measure: measureRate }],
  ["first-room", { title: "First room", measure: measureFirstRoom }],
  ["main-thread", { title: "Main thread", measure: measureMainThread }],
  ["memory", { title: "Memory", measure: measureMemory }],
  ["scaling", { title: "Scaling", measure: measureScaling }],
  ["second", { title: "Second restore", measure: measureSecond }],
  ["crash", { title: "Crash", measure: measureCrash }],
  ["link", { title: "Slow link", measure: measureLink }],
]);

/** What explains the figures. */
export const details: ReadonlyMap<string, Figure> = new Map([
  ["steps", { title: "Steps", measure: measureSteps }],
  ["storage-key", { title: "Storage key", measure: measureStorageKey }],
  ["workers", { title: "Decrypt workers", measure: measureWorkers }],
  ["decrypt-with", { title: "Decryption", measure: measureDecryptWith }],
]);
