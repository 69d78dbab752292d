import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Locator } from "@playwright/test";
import { findChromium } from "../../scripts/lib/chromium.mjs";

/** A browser whose camera looks at a picture file. */
export interface ScanningBrowser {
  readonly browser: Browser;
  /** Holds what the element shows before the camera; before it is turned on. */
  show(element: Locator): Promise<void>;
  close(): Promise<void>;
}

/**
 * Chromium with a camera made of a motion JPEG file. The file is opened when the page turns the
 * camera on, so what is shown can be decided until then.
 */
export async function openScanningBrowser(): Promise<ScanningBrowser> {
  const folder = await mkdtemp(join(tmpdir(), "key-backup-camera-"));
  const film = join(folder, "camera.mjpeg");
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-video-capture=${film}`,
    ],
  });
  return {
    browser,
    async show(element) {
      const picture = await element.screenshot({ type: "jpeg", quality: 95 });
      await writeFile(film, Buffer.concat([picture, picture, picture]));
    },
    async close() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
