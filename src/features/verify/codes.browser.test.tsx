import "@/app/global.css";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import { drawQrCode, readQrCode } from "@/lib/qrCode";
import { fail, ok, type Result } from "@/domain/result";
import type { AppError } from "@/domain/errors";
import { asked, FakeVerification } from "@/testing/FakeVerification";
import { ChooseStep } from "./ChooseStep";

const bytes = Uint8Array.from({ length: 125 }, (_, index) => (index * 91 + 7) % 256);
const WRONG: AppError = { kind: "verification", reason: "wrong_code" };

/** A camera that looks at a canvas. */
function fakeCamera() {
  const canvas = document.createElement("canvas");
  canvas.width = 640;
  canvas.height = 480;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  const wipe = (): void => {
    context.fillStyle = "#ddd";
    context.fillRect(0, 0, canvas.width, canvas.height);
  };
  // A camera sends pictures all the time, also of what does not move.
  let paint = wipe;
  const film = setInterval(() => paint(), 50);
  const streams: MediaStream[] = [];
  const ask = vi.spyOn(navigator.mediaDevices, "getUserMedia").mockImplementation(async () => {
    const stream = canvas.captureStream(15);
    streams.push(stream);
    return stream;
  });
  return {
    ask,
    streams,
    stop: () => clearInterval(film),
    look(at: Uint8Array): void {
      const { size, path } = drawQrCode(at);
      paint = () => {
        wipe();
        context.save();
        context.translate(120, 40);
        context.scale(400 / size, 400 / size);
        context.fillStyle = "#fff";
        context.fillRect(0, 0, size, size);
        context.fillStyle = "#000";
        context.fill(new Path2D(path));
        context.restore();
      };
    },
  };
}

const isOn = (stream: MediaStream | undefined): boolean =>
  stream?.getTracks().some(({ readyState }) => readyState === "live") ?? false;

async function show(
  verification = new FakeVerification(),
  ways = { showCode: true, scanCode: true },
) {
  const screen = await render(
    <main>
      <ChooseStep
        flow={asked}
        methods={{ emoji: true, ...ways }}
        readCode={verification.readCode}
        onScanned={verification.scan}
        onEmoji={verification.startEmoji}
        onCancel={verification.cancel}
      />
    </main>,
  );
  return { screen, verification, button: (name: string) => screen.getByRole("button", { name }) };
}

let camera: ReturnType<typeof fakeCamera>;
beforeEach(() => {
  camera = fakeCamera();
});
afterEach(() => {
  camera.stop();
  vi.restoreAllMocks();
});

describe("the code that is shown", () => {
  it("is the one of the verification, readable by a scanner", async () => {
    const verification = new FakeVerification();
    verification.code = ok(bytes);
    const { screen } = await show(verification);
    const code = screen.getByTestId("verification-code");
    await expect.element(code).toBeVisible();
    expect(screen.container.querySelectorAll("[style]")).toHaveLength(0);
    const path = code.element().querySelector("path")?.getAttribute("d") ?? "";
    const size = Number(code.element().getAttribute("viewBox")?.split(" ")[2]);
    const canvas = new OffscreenCanvas(600, 600);
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("no canvas");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, 600, 600);
    context.scale(600 / size, 600 / size);
    context.fillStyle = "#000";
    context.fill(new Path2D(path));
    expect(readQrCode(context.getImageData(0, 0, 600, 600))).toEqual(bytes);
    expect((await axe.run(screen.container)).violations).toEqual([]);
  });

  it.each<[string, Result<Uint8Array | null, AppError>]>([
    ["there is none", ok(null)],
    ["it could not be made", fail(WRONG)],
  ])("is left out where %s; emoji are still there", async (_, code) => {
    const verification = new FakeVerification();
    verification.code = code;
    const { screen, button } = await show(verification);
    await expect.element(screen.getByText("Drawing the code…")).not.toBeInTheDocument();
    expect(screen.getByTestId("verification-code").elements()).toEqual([]);
    await expect.element(button("Compare emoji")).toBeVisible();
  });
});

describe("scanning", () => {
  it("turns the camera on only when asked, and off when a code was taken", async () => {
    const { screen, verification, button } = await show();
    expect(camera.ask).not.toHaveBeenCalled();
    await button("Scan code").click();
    await expect.element(screen.getByTestId("camera")).toHaveAttribute("data-state", "live");
    expect(isOn(camera.streams[0])).toBe(true);
    camera.look(bytes);
    await vi.waitFor(() => expect(verification.log).toEqual(["scan 125"]), { timeout: 10_000 });
    await vi.waitFor(() => expect(isOn(camera.streams[0])).toBe(false));
  });

  it("says of a wrong code that it is wrong, once, and takes the right one after it", async () => {
    const verification = new FakeVerification();
    verification.scanned = fail(WRONG);
    const { screen, button } = await show(verification);
    await button("Scan code").click();
    camera.look(bytes.slice(0, 60));
    await expect
      .element(screen.getByTestId("scan-refused"))
      .toMatchTextContent(/not the code of the other device/);
    verification.scanned = ok(undefined);
    camera.look(bytes);
    await vi.waitFor(() => expect(verification.log).toEqual(["scan 60", "scan 125"]), {
      timeout: 10_000,
    });
  });

  it("turns the camera off when the person stops, and when the screen goes", async () => {
    const { screen, button } = await show();
    await button("Scan code").click();
    await expect.element(screen.getByTestId("camera")).toHaveAttribute("data-state", "live");
    await expect.element(button("Stop scanning")).toHaveFocus();
    await button("Stop scanning").click();
    await vi.waitFor(() => expect(isOn(camera.streams[0])).toBe(false));
    await button("Scan code").click();
    await vi.waitFor(() => expect(isOn(camera.streams[1])).toBe(true));
    await screen.unmount();
    await vi.waitFor(() => expect(isOn(camera.streams[1])).toBe(false));
  });

  it("turns a camera off that came on too late", async () => {
    const gate = Promise.withResolvers<void>();
    const real = camera.ask.getMockImplementation();
    camera.ask.mockImplementation(async (constraints) => {
      await gate.promise;
      if (real === undefined) throw new Error("no camera");
      return real.call(navigator.mediaDevices, constraints);
    });
    const { screen, button } = await show();
    await button("Scan code").click();
    await screen.unmount();
    gate.resolve();
    await vi.waitFor(() => expect(camera.streams).toHaveLength(1));
    await vi.waitFor(() => expect(isOn(camera.streams[0])).toBe(false));
  });

  it.each([
    ["NotAllowedError", /may not be used/],
    ["NotFoundError", /No camera was found/],
    ["NotReadableError", /in use/],
    ["AbortError", /could not be turned on/],
  ])("%s: is named, with another try and other ways", async (name, words) => {
    camera.ask.mockRejectedValueOnce(new DOMException("", name));
    const { screen, button } = await show();
    await button("Scan code").click();
    await expect.element(screen.getByTestId("camera-problem")).toMatchTextContent(words);
    await expect.element(button("Compare emoji")).toBeVisible();
    expect((await axe.run(screen.container)).violations).toEqual([]);
    await button("Retry").click();
    await expect.element(screen.getByTestId("camera")).toHaveAttribute("data-state", "live");
  });

  it("is not offered without a camera here, or a code there", async () => {
    const { screen } = await show(new FakeVerification(), { showCode: false, scanCode: false });
    await expect.element(screen.getByRole("button", { name: "Compare emoji" })).toBeVisible();
    expect(screen.getByRole("button", { name: "Scan code" }).elements()).toEqual([]);
  });
});
