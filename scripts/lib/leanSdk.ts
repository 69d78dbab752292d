import type { Plugin } from "vite";

/** Unicode's own folding of compatible characters, for `unhomoglyph`. */
export const lookAlikes = "export default (text) => text.normalize('NFKC');\n";

/** What the SDK's client needs to have been told that there are no calls. */
export const noCalls = `
export const supportsMatrixCall = () => false;
export const createNewMatrixCall = () => null;
class Nothing { start() {} stop() {} }
export {
  Nothing as CallEventHandler,
  Nothing as GroupCall,
  Nothing as GroupCallEventHandler,
  Nothing as MatrixRTCSessionManager,
  Nothing as MediaHandler,
};
`;

/** Whoever came to need what follows would be told. */
const missing = 'throw new Error("not part of this build of the SDK");';

/** Another way of syncing, which a client has to be asked for. */
export const noSlidingSync = `export class SlidingSyncSdk { constructor() { ${missing} } }\n`;

/** Trees of files in rooms, which a client has to be asked for. */
export const noFileTrees = `
export const DEFAULT_TREE_POWER_LEVELS_TEMPLATE = {};
export class MSC3089TreeSpace { constructor() { ${missing} } }
`;

/** What is done with a store of the crypto before WebAssembly. Every client has one, which is empty. */
export const noOldCrypto = `
async function expectNothing({ legacyStore }) {
  if (await legacyStore.containsData()) ${missing}
}
export {
  expectNothing as migrateFromLegacyCrypto,
  expectNothing as migrateRoomSettingsFromLegacyCrypto,
};
export async function migrateLegacyLocalTrustIfNeeded() { ${missing} }
`;

const standIns: ReadonlyMap<string, string> = new Map([
  ["\0look-alikes", lookAlikes],
  ["\0no-calls", noCalls],
  ["\0no-sliding-sync", noSlidingSync],
  ["\0no-file-trees", noFileTrees],
  ["\0no-old-crypto", noOldCrypto],
]);

/**
 * What the production build takes in place of a module that the SDK imports; null for most.
 * `importer` is a file's path.
 */
export function standInFor(source: string, importer: string | undefined): string | null {
  if (source === "unhomoglyph") return "\0look-alikes";
  if (importer?.endsWith("/matrix-js-sdk/lib/rust-crypto/index.js") === true) {
    return source === "./libolm_migration.js" ? "\0no-old-crypto" : null;
  }
  if (importer?.endsWith("/matrix-js-sdk/lib/client.js") !== true) return null;
  if (source === "./sliding-sync-sdk.js") return "\0no-sliding-sync";
  if (source === "./models/MSC3089TreeSpace.js") return "\0no-file-trees";
  return /^\.\/(webrtc\/|matrixrtc\/MatrixRTCSessionManager\.js$)/.test(source)
    ? "\0no-calls"
    : null;
}

/**
 * Leaves out of the build what the SDK brings along and this app never reaches, 150 kB after
 * compression in all.
 *
 * - The SDK's index re-exports all of it, widgets included, sets a global to it, and does not say
 *   that its modules do nothing when merely loaded. With that said for it, only what is used stays.
 * - Calls. When the SDK comes to import something else for them, the build fails for want of it.
 * - Sliding sync and trees of files, which are reached only by an option or a call that this app does
 *   not make, and the way from the crypto before WebAssembly, of which there is nothing.
 * - `unhomoglyph`, a table of 61 kB by which the SDK folds display names, to add the id where two
 *   members of a room look alike. This app shows senders by their whole ids; display names occur
 *   only in the made-up title of a room without a name.
 */
export function leanSdk(): Plugin {
  return {
    name: "lean-sdk",
    apply: "build",
    enforce: "pre",
    config: () => ({
      build: {
        rolldownOptions: {
          treeshake: { moduleSideEffects: (id: string) => !/\/matrix-js-sdk\/lib\//.test(id) },
        },
      },
    }),
    resolveId: (source, importer) => standInFor(source, importer),
    load: (id) => standIns.get(id) ?? null,
  };
}
