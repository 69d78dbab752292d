import { serveRpc, type RpcScope } from "@/lib/rpc";
import { createDecryptHandler } from "./decryptHandler";

declare const self: RpcScope;

serveRpc(self, createDecryptHandler());
