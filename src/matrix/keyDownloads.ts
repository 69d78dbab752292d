import type { CryptoApi } from "matrix-js-sdk/lib/crypto-api";

/**
 * Ends the SDK's own fetching of single keys for messages it meets. A restore here is asked for by
 * the person and counted; keys that slip in beside it would make "newly restored" say less than the
 * truth, and each costs a request. The downloader is private in the SDK: returns false, changing
 * nothing, when an update has moved it (a test notices).
 */
export function stopKeyDownloads(crypto: CryptoApi): boolean {
  const holder: object = crypto;
  const downloader: unknown =
    "perSessionBackupDownloader" in holder ? holder.perSessionBackupDownloader : undefined;
  if (typeof downloader !== "object" || downloader === null || !("stop" in downloader))
    return false;
  if (typeof downloader.stop !== "function") return false;
  downloader.stop();
  return "stopped" in downloader && downloader.stopped === true;
}
