import "@/app/global.css";
import { loadConfig } from "@/app/config";
import { createApp } from "@/app/createApp";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root");
createApp(await loadConfig()).mount(root);
