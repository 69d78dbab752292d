import "@/app/global.css";
import axe from "axe-core";
import { useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { cdp, userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import { Alert } from "./Alert";
import { Badge } from "./Badge";
import { Button } from "./Button";
import { Card } from "./Card";
import { Details } from "./Details";
import { Dialog } from "./Dialog";
import { Facts } from "./Facts";
import { LiveRegion } from "./LiveRegion";
import { ProgressBar } from "./ProgressBar";
import { SecretField } from "./SecretField";
import { Spinner } from "./Spinner";
import { TextField } from "./TextField";

const TONES = ["critical", "warning", "info", "success"] as const;
const VARIANTS = ["primary", "secondary", "tertiary", "destructive"] as const;
const BADGES = ["neutral", "success", "warning", "critical"] as const;

/** Everything at once, in most of its states. */
function Everything() {
  return (
    <main>
      <h1>Kit</h1>
      <Card title="Controls" actions={<Button>Go on</Button>}>
        {VARIANTS.map((variant) => (
          <Button key={variant} variant={variant}>
            {variant}
          </Button>
        ))}
        <Button busy>Busy</Button>
        <TextField
          label="Text"
          hint="A hint"
          error="A fault"
          value="x"
          onChange={() => undefined}
        />
        <SecretField label="Secret" hint="Kept" />
        <ProgressBar label="Bar" value={3} max={10} valueText="3 of 10" />
        <ProgressBar label="Unknown" value={null} max={0} valueText="counting" />
      </Card>
      {TONES.map((tone) => (
        <Alert key={tone} tone={tone} title={`A ${tone} title`} action={<Button>Act</Button>}>
          <p>Words about it.</p>
        </Alert>
      ))}
      {BADGES.map((tone) => (
        <Badge key={tone} tone={tone}>
          {tone}
        </Badge>
      ))}
      <Facts rows={[{ term: "Term", value: "Value" }]} />
      <Details summary="More">
        <p>Folded.</p>
      </Details>
      <Spinner label="Working…" />
      <LiveRegion message="Said aloud" />
    </main>
  );
}

async function emulate(features: Record<string, string>): Promise<void> {
  await cdp().send("Emulation.setEmulatedMedia", {
    features: Object.entries(features).map(([name, value]) => ({ name, value })),
  });
}

describe("the whole kit", () => {
  afterEach(() => emulate({}));

  it.each([
    { "prefers-color-scheme": "light" },
    { "prefers-color-scheme": "dark" },
    { "prefers-color-scheme": "light", "prefers-contrast": "more" },
    { "prefers-color-scheme": "dark", "prefers-contrast": "more" },
  ])("has no accessibility faults with %j", async (features) => {
    await emulate(features);
    await render(<Everything />);
    expect((await axe.run(document.body)).violations).toEqual([]);
  });

  it("fits a narrow screen without scrolling sideways", async () => {
    const screen = await render(
      <div style={{ inlineSize: "320px" }} data-testid="narrow">
        <Everything />
      </div>,
    );
    const narrow = screen.getByTestId("narrow").element();
    expect(narrow.scrollWidth).toBeLessThanOrEqual(narrow.clientWidth);
  });
});

describe("Button", () => {
  it("is of type button unless said otherwise, and large enough to hit", async () => {
    const screen = await render(<Button>Go</Button>);
    const button = screen.getByRole("button", { name: "Go" });
    await expect.element(button).toHaveAttribute("type", "button");
    expect(button.element().getBoundingClientRect().height).toBeGreaterThanOrEqual(44);
  });

  it("does nothing while busy, and keeps the focus", async () => {
    const submit = vi.fn((event: { preventDefault: () => void }) => event.preventDefault());
    const click = vi.fn();
    const screen = await render(
      <form onSubmit={submit}>
        <input aria-label="Field" />
        <Button type="submit" busy onClick={click}>
          Send
        </Button>
      </form>,
    );
    const button = screen.getByRole("button", { name: "Send" });
    await button.click({ force: true });
    await expect.element(button).toHaveFocus();
    await screen.getByLabelText("Field").click();
    await userEvent.keyboard("{Enter}");
    expect(submit).not.toHaveBeenCalled();
    expect(click).not.toHaveBeenCalled();
  });
});

describe("SecretField", () => {
  function Controlled({ onText }: { onText: (text: string) => void }) {
    const [text, setText] = useState("");
    return (
      <>
        <SecretField
          label="Secret"
          value={text}
          onChange={(next) => {
            setText(next);
            onText(next);
          }}
        />
        <Button onClick={() => setText("")}>Clear</Button>
      </>
    );
  }

  it("masks, shows on request, and masks again when the page is hidden", async () => {
    const screen = await render(<SecretField label="Secret" />);
    const field = screen.getByLabelText("Secret", { exact: true });
    await field.fill("open sesame");
    await expect.element(field).toHaveAttribute("type", "password");
    await screen.getByRole("button", { name: "Show" }).click();
    await expect.element(field).toHaveAttribute("type", "text");
    await expect.element(field).toHaveValue("open sesame");
    const state = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    state.mockRestore();
    await expect.element(field).toHaveAttribute("type", "password");
  });

  it("never writes the secret into the DOM, held by the parent or not", async () => {
    const texts: string[] = [];
    const screen = await render(<Controlled onText={(text) => texts.push(text)} />);
    const field = screen.getByLabelText("Secret", { exact: true });
    await field.fill("open sesame");
    expect(texts.at(-1)).toBe("open sesame");
    await screen.getByRole("button", { name: "Show" }).click();
    expect(document.documentElement.outerHTML).not.toContain("open sesame");
    await screen.getByRole("button", { name: "Clear" }).click();
    await expect.element(field).toHaveValue("");
  });

  it("asks the browser not to complete what is shown: such fields are written to the disk", async () => {
    const screen = await render(<SecretField label="Secret" autoComplete="current-password" />);
    const field = screen.getByLabelText("Secret", { exact: true });
    await expect.element(field).toHaveAttribute("autocomplete", "current-password");
    await screen.getByRole("button", { name: "Show" }).click();
    await expect.element(field).toHaveAttribute("autocomplete", "off");
    await screen.getByRole("button", { name: "Hide" }).click();
    await expect.element(field).toHaveAttribute("autocomplete", "current-password");
  });

  it("asks the browser not to store, correct, translate or check it", async () => {
    const screen = await render(<SecretField label="Secret" />);
    const field = screen.getByLabelText("Secret", { exact: true });
    await expect.element(field).toHaveAttribute("autocomplete", "off");
    await expect.element(field).toHaveAttribute("spellcheck", "false");
    await expect.element(field).toHaveAttribute("translate", "no");
    await expect.element(field).toHaveAttribute("autocapitalize", "off");
  });
});

describe("TextField", () => {
  it("ties its hint and its fault to the input", async () => {
    const screen = await render(<TextField label="Name" hint="As on paper" error="Too long" />);
    const field = screen.getByRole("textbox", { name: "Name" });
    await expect.element(field).toHaveAccessibleDescription("As on paper Too long");
    await expect.element(field).toHaveAttribute("aria-invalid", "true");
  });
});

describe("Dialog", () => {
  function Opener() {
    const [open, setOpen] = useState(false);
    return (
      <main>
        <h1>Page</h1>
        <Button onClick={() => setOpen(true)}>Open</Button>
        <Dialog
          open={open}
          onOpenChange={setOpen}
          title="Sure?"
          actions={
            <>
              <Button variant="secondary" onClick={() => setOpen(false)}>
                Stay
              </Button>
              <Button variant="destructive">Leave</Button>
            </>
          }
        >
          <p>This has consequences.</p>
        </Dialog>
      </main>
    );
  }

  it("takes the focus to the safe button, keeps it inside, and gives it back", async () => {
    const screen = await render(<Opener />);
    const opener = screen.getByRole("button", { name: "Open" });
    await opener.click();
    const dialog = screen.getByRole("dialog", { name: "Sure?" });
    await expect.element(dialog).toBeVisible();
    await expect.element(screen.getByRole("button", { name: "Stay" })).toHaveFocus();
    await userEvent.keyboard("{Tab}");
    await expect.element(screen.getByRole("button", { name: "Leave" })).toHaveFocus();
    await userEvent.keyboard("{Tab}");
    await expect.element(screen.getByRole("button", { name: "Stay" })).toHaveFocus();
    expect((await axe.run(document.body)).violations).toEqual([]);
    await userEvent.keyboard("{Escape}");
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.element(opener).toHaveFocus();
  });
});

describe("ProgressBar", () => {
  it("says its measure in words and carries its data", async () => {
    const screen = await render(
      <ProgressBar
        label="Restoring"
        value={120}
        max={2_000}
        valueText="120 of 2,000 keys"
        testId="bar"
        data={{ "data-stage": "downloading" }}
      />,
    );
    const bar = screen.getByRole("progressbar", { name: "Restoring" });
    await expect.element(bar).toHaveAttribute("aria-valuenow", "120");
    await expect.element(bar).toHaveAttribute("aria-valuemax", "2000");
    await expect.element(bar).toHaveAttribute("aria-valuetext", "120 of 2,000 keys");
    await expect.element(bar).toHaveAttribute("data-stage", "downloading");
    await expect.element(bar).toHaveAttribute("data-testid", "bar");
  });

  it("has no number while the amount is not known", async () => {
    const screen = await render(
      <ProgressBar label="Restoring" value={null} max={0} valueText="counting" />,
    );
    const bar = screen.getByRole("progressbar", { name: "Restoring" });
    await expect.element(bar).not.toHaveAttribute("aria-valuenow");
    await expect.element(bar).toHaveAttribute("aria-valuetext", "counting");
  });
});

describe("Alert", () => {
  it("announces what is critical at once, with its code", async () => {
    const screen = await render(<Alert tone="critical" title="No" code="network" />);
    const alert = screen.getByRole("alert");
    await expect.element(alert).toHaveAttribute("data-testid", "error");
    await expect.element(alert).toHaveAttribute("data-code", "network");
  });

  it("announces the rest politely and is no error", async () => {
    const screen = await render(<Alert tone="info" title="By the way" />);
    await expect.element(screen.getByRole("status")).toHaveTextContent("By the way");
    expect(screen.getByTestId("error").elements()).toEqual([]);
  });
});
