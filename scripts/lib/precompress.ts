import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vite";
import { contentType, isCompressible } from "./contentTypes.ts";
import { compress, compressedSuffix } from "./encodings.ts";

/** Below this the headers of a response weigh more than what is saved, in bytes. */
const WORTH_IT = 1_000;

/**
 * Writes a .br and a .gz beside each file of the build that compresses, for servers that send such
 * files as they are (nginx's gzip_static, Caddy's precompressed). Only files whose name carries a
 * hash: one that can be edited after the build, as config.json, would go out as it was before.
 */
export function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    async writeBundle({ dir }, bundle) {
      if (dir === undefined) return;
      for (const name of Object.keys(bundle)) {
        if (!name.startsWith("assets/") || !isCompressible(contentType(name))) continue;
        const path = join(dir, name);
        const bytes = await readFile(path);
        if (bytes.length < WORTH_IT) continue;
        await Promise.all(
          (["br", "gzip"] as const).map(async (encoding) =>
            writeFile(path + compressedSuffix[encoding], await compress(bytes, encoding, "build")),
          ),
        );
      }
    },
  };
}
