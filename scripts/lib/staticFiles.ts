import { createHash } from "node:crypto";
import { readFile, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { contentType, isCompressible } from "./contentTypes.ts";
import { compress, compressedSuffix } from "./encodings.ts";
import type { Encoding } from "./encodings.ts";

/** One file of the build, ready to send. */
export interface StaticFile {
  readonly type: string;
  readonly compressible: boolean;
  /** The body and its entity tag; each encoding has its own tag (RFC 9110, 8.8.3). */
  encoded(encoding: Encoding): Promise<{ body: Buffer; etag: string }>;
}

/** The compressed body that the build left beside a file, if it did. */
type ReadCompressed = (encoding: Exclude<Encoding, "identity">) => Promise<Buffer | null>;

/**
 * Makes a file from bytes in memory. What the build did not compress already is compressed once for
 * each encoding, when first asked for.
 */
export function fileFromBytes(
  path: string,
  bytes: Buffer,
  readCompressed: ReadCompressed = () => Promise.resolve(null),
): StaticFile {
  const type = contentType(path);
  const digest = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
  const bodies = new Map<Encoding, Promise<Buffer>>([["identity", Promise.resolve(bytes)]]);
  return {
    type,
    compressible: isCompressible(type),
    async encoded(encoding) {
      let body = bodies.get(encoding);
      if (body === undefined && encoding !== "identity") {
        body = readCompressed(encoding).then((found) => found ?? compress(bytes, encoding));
        bodies.set(encoding, body);
      }
      return { body: (await body) ?? bytes, etag: `"${digest}-${encoding}"` };
    },
  };
}

/**
 * The files below a folder by URL path. Contents are kept in memory until the file changes, so a
 * new build is served without a restart.
 */
export class StaticFiles {
  readonly #folder: string;
  readonly #cache = new Map<string, { version: string; file: StaticFile }>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The file at a URL path such as "/assets/index-x.js"; null for what may or can not be served. */
  async find(urlPath: string): Promise<StaticFile | null> {
    const path = safePath(urlPath);
    if (path === null) return null;
    try {
      const root = await realpath(this.#folder);
      const real = await realpath(join(root, path));
      // A link that leads out of the folder is not part of the build.
      if (!real.startsWith(root + sep)) return null;
      const { mtimeMs, size, ino } = await stat(real);
      const version = `${mtimeMs} ${size} ${ino}`;
      const known = this.#cache.get(real);
      if (known?.version === version) return known.file;
      const file = fileFromBytes(real, await readFile(real), (encoding) =>
        readIfThere(real + compressedSuffix[encoding]),
      );
      this.#cache.set(real, { version, file });
      return file;
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/**
 * A relative file path from a URL path, or null when it is not one plain name per segment. Names
 * that start with a dot or an underscore are for hosts and tools, not for browsers.
 */
function safePath(urlPath: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath === "/" ? "/index.html" : urlPath);
  } catch {
    return null;
  }
  const [first, ...segments] = decoded.split("/");
  const allowed = /^[A-Za-z0-9][\w.~@-]*$/;
  if (first !== "" || !segments.every((segment) => allowed.test(segment))) return null;
  return segments.join("/");
}

function isAbsent(error: unknown): boolean {
  const absent = new Set(["ENOENT", "ENOTDIR", "EISDIR", "ENAMETOOLONG", "ELOOP"]);
  return error instanceof Error && "code" in error && absent.has(String(error.code));
}
