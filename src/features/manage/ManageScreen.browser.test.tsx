import "@/app/global.css";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { page } from "vitest/browser";
import { fail, ok } from "@/domain/result";
import { backupVersion, noIdentity, noSecretStorage, offline } from "@/testing/facts";
import { aSurvey } from "@/testing/FakeRemoval";
import { showManage } from "./showManageRig";

afterEach(() => {
  window.location.hash = "";
});

async function expectNoViolations(): Promise<void> {
  const { violations } = await axe.run(document.body);
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

describe("the screen", () => {
  it("names each change, with a sentence, and has no axe findings", async () => {
    const { screen, button } = await showManage();
    await expect.element(button("Delete backup")).toBeVisible();
    const names = screen
      .getByRole("button")
      .elements()
      .map((element) => element.textContent);
    expect(names).toEqual([
      "Test recovery key",
      "Change recovery key",
      "Replace backup",
      "Verify with another device",
      "Key file",
      "Turn off on this device",
      "Delete backup",
      "Delete key storage",
      "Reset identity",
    ]);
    for (const element of screen.getByRole("listitem").elements()) {
      expect(element.textContent.length).toBeGreaterThan(40);
    }
    await expectNoViolations();
  });

  it("offers to set up a backup where the server has none", async () => {
    const { button } = await showManage((session) => {
      session.keyBackup.backup = ok(null);
    });
    await button("Set up backup").click();
    await vi.waitFor(() => expect(window.location.hash).toBe("#/set-up"));
  });

  it("offers nothing that there is nothing of, and says so", async () => {
    const { screen, button } = await showManage((session) => {
      session.keyBackup.backup = ok(null);
      session.keyBackup.secretStorage = ok(noSecretStorage);
      session.keyBackup.crossSigning = ok(noIdentity);
    });
    await expect
      .element(screen.getByText(/Your account has no backup and no recovery/))
      .toBeVisible();
    const names = screen
      .getByRole("button")
      .elements()
      .map((element) => element.textContent);
    expect(names).toEqual(["Set up backup", "Verify with another device", "Key file"]);
    await expect.element(button("Delete backup")).not.toBeInTheDocument();
    await expectNoViolations();
  });

  it("offers everything while it is not known what there is", async () => {
    const { button } = await showManage((session) => {
      session.keyBackup.backup = fail(offline);
      session.keyBackup.secretStorage = fail(offline);
      session.keyBackup.crossSigning = fail(offline);
    });
    await expect.element(button("Delete backup")).toBeVisible();
    await expect.element(button("Change recovery key")).toBeVisible();
    await expect.element(button("Reset identity")).toBeVisible();
  });

  it("does not scroll sideways at 360 pixels", async () => {
    await page.viewport(360, 720);
    const { button } = await showManage();
    await expect.element(button("Delete backup")).toBeVisible();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    await page.viewport(1280, 720);
  });
});

describe("turning off on this device", () => {
  it("is shown as such, and undone by “Turn on”", async () => {
    const { app, button, removal } = await showManage();
    await button("Turn off on this device").click();
    await expect.element(button("Turn on")).toHaveFocus();
    expect(app.store.getState().uploadOff).toBe(true);
    await button("Turn on").click();
    await expect.element(button("Turn off on this device")).toBeVisible();
    expect(removal.log).toEqual(["upload off", "upload on"]);
  });

  it("that fails is said, and it is still on", async () => {
    const { app, button, screen } = await showManage((session) => {
      session.removal.switched = fail(offline);
    });
    await button("Turn off on this device").click();
    await expect.element(screen.getByTestId("error")).toHaveAttribute("data-code", "network");
    expect(app.store.getState().uploadOff).toBe(false);
  });

  it.each([
    [false, "Turn off on this device", "The upload is off until this page is closed"],
    [true, "Turn on", "The upload is on until this page is closed"],
  ])("that cannot be stored is said: turned on %s", async (on, name, title) => {
    const { app, button, screen } = await showManage((session) => {
      session.removal.uploadOff = on;
      session.removal.switched = ok({ unstored: { kind: "storage", reason: "unavailable" } });
    });
    await button(name).click();
    await expect.element(screen.getByText(title)).toBeVisible();
    expect(app.store.getState().uploadOff).toBe(!on);
    await expectNoViolations();
  });
});

describe("deleting the backup", () => {
  it("names version, count and both lists, and has no axe findings", async () => {
    const { button, dialog, facts } = await showManage();
    await button("Delete backup").click();
    await expect.element(facts).toHaveAttribute("data-version", "7");
    await expect.element(facts).toHaveAttribute("data-count", "1204");
    await expect
      .element(dialog.getByRole("heading", { level: 2 }))
      .toHaveTextContent("Delete backup version 7 with 1,204 room keys?");
    await expect
      .element(dialog)
      .toMatchTextContent("By this device’s own notes 1,190 of them are also on this device");
    await expect.element(dialog.getByText("What is kept")).toBeVisible();
    // The safe way out has the focus.
    await expect.element(dialog.getByRole("button", { name: "Keep the backup" })).toHaveFocus();
    await expectNoViolations();
  });

  it("does nothing before the version or the word was typed", async () => {
    const { button, dialog, inDialog, removal, confirmField } = await showManage();
    await button("Delete backup").click();
    await inDialog("Delete backup").click();
    await expect.element(confirmField).toHaveAttribute("aria-invalid", "true");
    await confirmField.fill("8");
    await inDialog("Delete backup").click();
    expect(removal.log).toEqual([]);
    await confirmField.fill("7");
    await inDialog("Delete backup").click();
    await expect.element(dialog).toMatchTextContent("The server has no backup any more");
    expect(removal.log).toEqual(["delete 7"]);
    await expectNoViolations();
    await inDialog("Close").click();
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.element(button("Delete backup")).toHaveFocus();
  });

  it("is kept by Escape", async () => {
    const { button, dialog, inDialog, removal } = await showManage();
    await button("Delete backup").click();
    await inDialog("Keep the backup").click();
    await expect.element(dialog).not.toBeInTheDocument();
    expect(removal.log).toEqual([]);
  });

  it("offers what brings the keys here first", async () => {
    const opens = await showManage();
    await opens.button("Delete backup").click();
    await opens.inDialog("Restore history").click();
    await vi.waitFor(() => expect(window.location.hash).toBe("#/restore"));
  });

  it("offers the recovery key where this device cannot open the backup, and nothing where all is here", async () => {
    const { button, inDialog, removal, dialog, facts } = await showManage((session) => {
      session.removal.backup = ok(aSurvey({ opensHere: false }));
    });
    await button("Delete backup").click();
    await expect.element(inDialog("Enter recovery key")).toBeVisible();
    await inDialog("Keep the backup").click();
    await expect.element(dialog).not.toBeInTheDocument();
    removal.backup = ok(aSurvey({ coverage: { onServer: 5, notedHere: 5, onlyInBackup: 0 } }));
    await button("Delete backup").click();
    await expect.element(facts).toHaveAttribute("data-only-in-backup", "0");
    await expect.element(dialog).not.toMatchTextContent("Bring these keys");
  });

  it("asks about an older backup that comes back, and deletes or keeps it", async () => {
    const older = aSurvey({
      version: backupVersion("3"),
      coverage: { onServer: 50, notedHere: 0, onlyInBackup: 50 },
    });
    const { button, dialog, inDialog, removal, confirmField, facts } = await showManage(
      (session) => {
        session.removal.deleted = [
          ok({ kind: "older_revealed", older }),
          ok({ kind: "none_left", unsaid: null }),
        ];
      },
    );
    await button("Delete backup").click();
    await confirmField.fill("delete");
    await inDialog("Delete backup").click();
    await expect
      .element(dialog)
      .toMatchTextContent("An older backup (version 3 with 50 room keys) is now the current one");
    await expect.element(dialog).not.toMatchTextContent("no backup");
    await expect.element(facts).toHaveAttribute("data-version", "3");
    await expect.element(inDialog("Keep it")).toBeVisible();
    await expectNoViolations();
    await inDialog("Delete backup").click();
    expect(removal.log).toEqual(["delete 7"]);
    await confirmField.fill("3");
    await inDialog("Delete backup").click();
    await expect.element(dialog).toMatchTextContent("The server has no backup any more");
    expect(removal.log).toEqual(["delete 7", "delete 3"]);
  });

  it("names old backups that are kept beforehand, and the way that compares them first", async () => {
    const { button, dialog, inDialog } = await showManage((session) => {
      session.changes.replace.old = ok([{ version: backupVersion("3"), count: 50 }]);
    });
    await button("Delete backup").click();
    await expect
      .element(dialog)
      .toMatchTextContent("An older backup is kept: version 3 with 50 room keys");
    await expect.element(dialog).toMatchTextContent("becomes the current one again");
    await expect.element(dialog).not.toMatchTextContent("nothing opens your encrypted messages");
    await expectNoViolations();
    await inDialog("Compare and delete the old one only").click();
    await vi.waitFor(() => expect(window.location.hash).toBe("#/manage/replace"));
  });

  it("deletes the old backup together with the current one when both were named and confirmed", async () => {
    const { button, dialog, inDialog, confirmField, facts, removal } = await showManage(
      (session) => {
        session.changes.replace.old = ok([{ version: backupVersion("3"), count: 50 }]);
      },
    );
    await button("Delete backup").click();
    await dialog.getByRole("checkbox", { name: "Delete version 3, too" }).click();
    await expect
      .element(dialog)
      .toMatchTextContent(
        "Delete backups version 7 with 1,204 room keys and version 3 with 50 room keys?",
      );
    await expect.element(facts).toHaveAttribute("data-older", "3");
    await expect.element(dialog).toMatchTextContent("version 3 with 50 room keys is deleted, too");
    await expect.element(dialog).toMatchTextContent("nothing opens your encrypted messages");
    await expectNoViolations();
    // The word for one of them is none for both.
    await confirmField.fill("delete");
    await inDialog("Delete both backups").click();
    expect(removal.log).toEqual([]);
    await confirmField.fill("delete both");
    await inDialog("Delete both backups").click();
    await expect.element(dialog).toMatchTextContent("The server has no backup any more");
    expect(removal.log).toEqual(["delete 3, then 7"]);
  });

  it("says which backup is gone when deleting both has stopped, and looks again", async () => {
    const { app, button, dialog, inDialog, confirmField, removal } = await showManage((session) => {
      session.changes.replace.old = ok([{ version: backupVersion("3"), count: 50 }]);
      session.removal.deleted = [
        ok({ kind: "older_changed" }),
        ok({ kind: "stopped", olderGone: [backupVersion("3")], error: offline }),
        ok({ kind: "none_left", unsaid: null }),
      ];
    });
    await button("Delete backup").click();
    await dialog.getByRole("checkbox").click();
    await confirmField.fill("delete both");
    await inDialog("Delete both backups").click();
    await expect.element(dialog).toMatchTextContent("the older backups have changed");
    await confirmField.fill("delete both");
    await inDialog("Delete both backups").click();
    await expect
      .element(dialog.getByTestId("deletion-stopped"))
      .toMatchTextContent("Version 3 was deleted; then it stopped");
    await expectNoViolations();
    app.live.changes.replace.old = ok([]);
    await inDialog("Retry").click();
    await expect
      .element(dialog)
      .toMatchTextContent("Delete backup version 7 with 1,204 room keys?");
    await confirmField.fill("delete");
    await inDialog("Delete backup").click();
    await expect.element(dialog).toMatchTextContent("The server has no backup any more");
    expect(removal.log).toEqual(["delete 3, then 7", "delete 3, then 7", "delete 7"]);
  });

  it("says nothing of old backups that it could not look for, but that", async () => {
    const { button, dialog } = await showManage((session) => {
      session.changes.replace.old = fail(offline);
    });
    await button("Delete backup").click();
    await expect
      .element(dialog)
      .toMatchTextContent("Whether older backups are kept could not be read");
    await expect.element(dialog).toMatchTextContent("nothing opens your encrypted messages");
  });

  it.each([
    [false, "Enter recovery key", "#/unlock"],
    [true, "Done", ""],
  ])("leads on when an older one is kept; it opens here: %j", async (opensHere, name, hash) => {
    const older = aSurvey({ version: backupVersion("3"), opensHere });
    const { button, dialog, inDialog, confirmField } = await showManage((session) => {
      session.removal.deleted = [ok({ kind: "older_revealed", older })];
    });
    await button("Delete backup").click();
    await confirmField.fill("delete");
    await inDialog("Delete backup").click();
    await inDialog("Keep it").click();
    await expect.element(dialog).toMatchTextContent("Backup version 3 is the current one now");
    await expectNoViolations();
    await inDialog(name).click();
    await vi.waitFor(() => expect(window.location.hash).toBe(hash));
  });

  it("asks again when more would be lost than was shown", async () => {
    const more = aSurvey({ coverage: { onServer: 1300, notedHere: 1190, onlyInBackup: 110 } });
    const { button, dialog, inDialog, confirmField, facts } = await showManage((session) => {
      session.removal.deleted = [ok({ kind: "numbers_changed", survey: more })];
    });
    await button("Delete backup").click();
    await confirmField.fill("delete");
    await inDialog("Delete backup").click();
    await expect
      .element(dialog)
      .toMatchTextContent("Nothing was deleted: the numbers have changed");
    await expect.element(facts).toHaveAttribute("data-count", "1300");
  });

  it("says what failed, and that what is left could not be read", async () => {
    const { button, dialog, inDialog, confirmField, removal } = await showManage((session) => {
      session.removal.deleted = [
        fail({ kind: "backup_changed", expected: backupVersion("7"), actual: backupVersion("8") }),
        ok({ kind: "unchecked", error: offline }),
      ];
    });
    await button("Delete backup").click();
    await confirmField.fill("delete");
    await inDialog("Delete backup").click();
    await expect
      .element(dialog.getByTestId("error"))
      .toHaveAttribute("data-code", "backup_changed");
    await inDialog("Retry").click();
    await confirmField.fill("delete");
    await inDialog("Delete backup").click();
    await expect.element(dialog).toMatchTextContent("Whether an older one has come back could not");
    removal.backup = ok(null);
    await inDialog("Retry").click();
    await expect.element(dialog).toMatchTextContent("there is nothing to delete");
  });

  it("names nothing that could not be read", async () => {
    const { button, dialog, inDialog } = await showManage((session) => {
      session.removal.backup = fail(offline);
    });
    await button("Delete backup").click();
    await expect.element(dialog.getByTestId("error")).toHaveAttribute("data-code", "network");
    await expect.element(inDialog("Delete backup")).not.toBeInTheDocument();
  });
});
