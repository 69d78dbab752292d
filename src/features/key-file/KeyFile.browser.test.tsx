import "@/app/global.css";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-react";
import type { KeyFileProblem } from "@/domain/keyFile";
import { fail, ok } from "@/domain/result";
import { FakeKeyExport } from "@/testing/FakeKeyExport";
import { ExportKeys } from "./ExportKeys";
import { ImportKeys } from "./ImportKeys";

const saved = vi.hoisted(() => vi.fn());
vi.mock("./saveFile", () => ({ saveFile: saved }));

afterEach(() => saved.mockClear());

async function show() {
  const keyExport = new FakeKeyExport();
  const onImported = vi.fn(() => Promise.resolve());
  const screen = await render(
    <main>
      <h1>Key file</h1>
      <ExportKeys keyExport={keyExport} userId="@ali ce:example.org" />
      <ImportKeys keyExport={keyExport} onImported={onImported} />
    </main>,
  );
  const button = (name: string) => screen.getByRole("button", { name, exact: true });
  return {
    keyExport,
    onImported,
    screen,
    button,
    first: screen.getByLabelText("Passphrase for the file"),
    again: screen.getByLabelText("Passphrase once more"),
    passphrase: screen.getByLabelText("Passphrase of the file"),
    fileInput: screen.getByLabelText("Key file", { exact: true }),
    exporting: screen.getByTestId("export-keys"),
    importing: screen.getByTestId("import-keys"),
  };
}

const keyFile = (): File => new File(["the file"], "keys.txt", { type: "text/plain" });

describe("exporting", () => {
  it("asks twice, then hands the file over and forgets the passphrase", async () => {
    const { keyExport, button, first, again, exporting, screen } = await show();
    const { violations } = await axe.run(screen.container);
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    await first.fill("short");
    await again.fill("short");
    await button("Export keys").click();
    await expect.element(first).toHaveAttribute("aria-invalid", "true");
    await first.fill("long enough");
    await again.fill("long enougH");
    await button("Export keys").click();
    expect(keyExport.log).toEqual([]);
    await again.fill("long enough");
    await button("Export keys").click();
    await expect.element(exporting).toHaveAttribute("data-stage", "saved");
    await expect.element(exporting).toHaveAttribute("data-count", "3");
    expect(keyExport.log).toEqual(["export long enough"]);
    expect(saved).toHaveBeenCalledOnce();
    expect(String(saved.mock.calls[0]?.[1])).toMatch(/^room-keys-ali_ce-\d{4}-\d\d-\d\d\.txt$/);
    for (const field of [first, again]) await expect.element(field).toHaveValue("");
  });

  it("can be cancelled, and then saves nothing", async () => {
    const { keyExport, button, first, again, exporting } = await show();
    const release = keyExport.hold();
    await first.fill("long enough");
    await again.fill("long enough");
    await button("Export keys").click();
    await button("Cancel").click();
    release();
    await expect.element(exporting).toHaveAttribute("data-stage", "asking");
    expect(saved).not.toHaveBeenCalled();
  });

  it("says when there is nothing to export", async () => {
    const { keyExport, button, first, again, screen } = await show();
    keyExport.exported = fail({ kind: "key_file", problem: "no_keys" });
    await first.fill("long enough");
    await again.fill("long enough");
    await button("Export keys").click();
    await expect.element(screen.getByText("There are no room keys")).toBeVisible();
    expect(saved).not.toHaveBeenCalled();
  });
});

describe("importing", () => {
  it("wants a file, and counts what came of it", async () => {
    const { keyExport, button, fileInput, passphrase, importing, onImported, screen } =
      await show();
    await button("Import keys").click();
    await expect.element(screen.getByText("Choose the file first.")).toBeVisible();
    await expect.element(fileInput).toHaveFocus();
    await userEvent.upload(fileInput, keyFile());
    await expect.element(screen.getByText("keys.txt")).toBeVisible();
    await passphrase.fill("secret");
    const release = keyExport.hold();
    await button("Import keys").click();
    await expect
      .element(screen.getByRole("progressbar"))
      .toHaveAttribute("aria-valuetext", "1 of 3 room keys");
    release();
    await expect.element(importing).toHaveAttribute("data-stage", "imported");
    for (const [name, value] of Object.entries({ total: 3, added: 2, already: 1, failed: 0 })) {
      await expect.element(importing).toHaveAttribute(`data-${name}`, String(value));
    }
    expect(keyExport.log).toEqual(["import the file secret"]);
    expect(onImported).toHaveBeenCalledOnce();
    await expect.element(passphrase).toHaveValue("");
    const { violations } = await axe.run(screen.container);
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  });

  it.each(["wrong_passphrase", "not_a_key_file", "cut_off"] satisfies KeyFileProblem[])(
    "tells %s apart, and can be tried again",
    async (problem) => {
      const { keyExport, button, fileInput, passphrase, importing, screen } = await show();
      keyExport.imported = fail({ kind: "key_file", problem });
      await userEvent.upload(fileInput, keyFile());
      await passphrase.fill("secret");
      await button("Import keys").click();
      const words = {
        wrong_passphrase: "does not open this file",
        not_a_key_file: "not a file with room keys",
        cut_off: "not complete",
      }[problem];
      await expect.element(screen.getByRole("alert")).toMatchTextContent(words);
      keyExport.imported = ok({ total: 1, added: 0, improved: 0, already: 1, failed: 0 });
      await button("Import keys").click();
      await expect.element(importing).toHaveAttribute("data-already", "1");
    },
  );
});
