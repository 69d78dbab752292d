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

/** What the camera sees, in pixels; a file of another size would be another camera. */
const PICTURE = { width: 640, height: 480 };

/**
 * Chromium with a camera made of a motion JPEG file. The file is opened when the page turns the
 * camera on, so what is shown can be decided until then; without a file there is no camera at all.
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
  const blank = await browser.newPage({ viewport: PICTURE });
  const write = (picture: Buffer) => writeFile(film, Buffer.concat([picture, picture, picture]));
  await write(await blank.screenshot({ type: "jpeg" }));
  await blank.close();
  return {
    browser,
    async show(element) {
      await element.scrollIntoViewIfNeeded();
      const box = await element.boundingBox();
      const size = element.page().viewportSize();
      if (box === null || size === null) throw new Error("there is nothing to hold up");
      const inside = (at: number, room: number) => Math.max(0, Math.min(at, room));
      const clip = {
        ...PICTURE,
        x: inside(box.x + box.width / 2 - PICTURE.width / 2, size.width - PICTURE.width),
        y: inside(box.y + box.height / 2 - PICTURE.height / 2, size.height - PICTURE.height),
      };
      await write(await element.page().screenshot({ type: "jpeg", quality: 95, clip }));
    },
    async close() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
