/** Pictures are looked at no larger than this, in pixels: a code before the camera is large. */
const LONGEST_SIDE = 800;
/** Between two looks, in ms: eight a second find a code at once and leave the page its time. */
const PAUSE_MS = 120;

/**
 * Plays the stream in the video and looks through its pictures for QR codes. Each new one goes to
 * `onCode`; true ends the search. Resolves `found`, or `ended` when the signal or the camera ended it.
 */
export async function scanVideo(
  video: HTMLVideoElement,
  stream: MediaStream,
  options: {
    readonly signal: AbortSignal;
    readonly onCode: (code: Uint8Array) => Promise<boolean>;
  },
): Promise<"found" | "ended"> {
  const { signal, onCode } = options;
  const { readQrCode } = await import("./qrCode");
  video.srcObject = stream;
  // Rejects when the element goes before the first picture; then the signal has ended this.
  await video.play().catch(() => undefined);
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return "ended";
  let last = "";
  while (!signal.aborted && stream.active) {
    const picture = pictureOf(video, canvas, context);
    const code = picture === null ? null : readQrCode(picture);
    // The same code stays before the camera for a while: refused once is enough.
    if (code !== null && code.join() !== last) {
      last = code.join();
      if (await onCode(code)) return "found";
    }
    await pause(signal);
  }
  return "ended";
}

function pictureOf(
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
): ImageData | null {
  const { videoWidth, videoHeight } = video;
  if (videoWidth === 0 || videoHeight === 0) return null;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(videoWidth, videoHeight));
  canvas.width = Math.round(videoWidth * scale);
  canvas.height = Math.round(videoHeight * scale);
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PAUSE_MS);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
