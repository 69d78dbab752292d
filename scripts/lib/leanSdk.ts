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

const standIns: ReadonlyMap<string, string> = new Map([
  ["\0look-alikes", lookAlikes],
  ["\0no-calls", noCalls],
]);

/**
 * What the production build takes in place of a module that the SDK imports; null for most.
 * `importer` is a file's path.
 */
export function standInFor(source: string, importer: string | undefined): string | null {
  if (source === "unhomoglyph") return "\0look-alikes";
  const client = importer?.endsWith("/matrix-js-sdk/lib/client.js") === true;
  return client && /^\.\/(webrtc\/|matrixrtc\/MatrixRTCSessionManager\.js$)/.test(source)
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
