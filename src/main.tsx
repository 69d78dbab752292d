import "@/app/global.css";
import { loadConfig } from "@/app/config";
import { createApp } from "@/app/createApp";
import { takeRedirectAnswer } from "@/app/takeRedirectAnswer";

// Before anything else: what is in the address signs somebody in.
const answer = takeRedirectAnswer();
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root");
createApp(await loadConfig(), answer).mount(root);
