/** Why there is no picture. `denied`: by the person, the browser or the page's own policy. */
export type CameraProblem = "denied" | "none" | "in_use" | "unavailable";

export type OpenedCamera =
  | { readonly ok: true; readonly stream: MediaStream }
  | { readonly ok: false; readonly problem: CameraProblem };

/** Whether this computer has a camera the page may ask for. Asks nobody and turns nothing on. */
export async function hasCamera(): Promise<boolean> {
  try {
    const devices = await mediaDevices()?.enumerateDevices();
    return devices?.some(({ kind }) => kind === "videoinput") ?? false;
  } catch {
    return false;
  }
}

/** Turns the camera on, the one at the back where there are two. The caller turns it off again. */
export async function openCamera(): Promise<OpenedCamera> {
  const devices = mediaDevices();
  if (devices === null) return { ok: false, problem: "none" };
  try {
    const video = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
    return { ok: true, stream: await devices.getUserMedia({ video, audio: false }) };
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  }
}

export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Names as in Media Capture and Streams, `getUserMedia()`. */
function problemOf(error: unknown): CameraProblem {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "none";
    case "NotReadableError":
      return "in_use";
    default:
      return "unavailable";
  }
}

/** Missing where the page did not come by https or from this computer. */
function mediaDevices(): MediaDevices | null {
  const devices: MediaDevices | undefined = globalThis.navigator.mediaDevices;
  return devices ?? null;
}
