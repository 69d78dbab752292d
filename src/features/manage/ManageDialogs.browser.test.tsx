import "@/app/global.css";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { page } from "vitest/browser";
import { fail, ok } from "@/domain/result";
import { backupVersion } from "@/testing/facts";
import { aSurvey } from "@/testing/FakeRemoval";
import { showManage } from "./showManageRig";

afterEach(async () => {
  window.location.hash = "";
  await page.viewport(1280, 800);
});

async function expectNoViolations(): Promise<void> {
  const { violations } = await axe.run(document.body);
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

describe("deleting key storage", () => {
  it("names what goes, and says when it is done", async () => {
    const { button, dialog, inDialog, confirmField, facts, removal } = await showManage(
      (session) => {
        session.removal.keyStorage = ok({
          backup: aSurvey(),
          keyId: "K",
          anythingStored: true,
          identityHere: false,
          identityOnlyStored: true,
          backupKeyOnlyStored: true,
        });
      },
    );
    await button("Delete key storage").click();
    await expect.element(facts).toHaveAttribute("data-version", "7");
    await expect.element(facts).toHaveAttribute("data-count", "1204");
    await expect.element(dialog).toMatchTextContent("version 7 with 1,204 room keys");
    await expect.element(dialog).toMatchTextContent("Your recovery key opens nothing any more");
    await expect.element(dialog).toMatchTextContent("private keys of your identity are behind");
    await expectNoViolations();
    await inDialog("Delete key storage").click();
    expect(removal.log).toEqual([]);
    await confirmField.fill("delete");
    await inDialog("Delete key storage").click();
    await expect.element(dialog).toMatchTextContent("Your key storage is deleted");
    expect(removal.log).toEqual(["delete key storage"]);
  });

  it("promises nothing beyond the tab of a session in memory", async () => {
    const { button, dialog, inDialog, confirmField } = await showManage((session) => {
      Object.assign(session, { memoryOnly: true });
      session.removal.keyStorage = ok({
        backup: aSurvey({ coverage: { onServer: 10, notedHere: 4, onlyInBackup: 6 } }),
        keyId: "K",
        anythingStored: true,
        identityHere: false,
        identityOnlyStored: true,
        backupKeyOnlyStored: true,
      });
    });
    await button("Delete key storage").click();
    await expect.element(dialog).toMatchTextContent("This session is in this tab only");
    await expect.element(dialog).not.toMatchTextContent("is not lost then");
    await expectNoViolations();
    await confirmField.fill("delete");
    await inDialog("Delete key storage").click();
    await expect.element(dialog).toMatchTextContent("are in this tab only, and go when it is");
    await expect.element(dialog).not.toMatchTextContent("are kept");
  });

  it("asks nothing where there is nothing", async () => {
    const { button, dialog, inDialog, confirmField } = await showManage((session) => {
      session.removal.keyStorage = ok({
        backup: null,
        keyId: null,
        anythingStored: false,
        identityHere: false,
        identityOnlyStored: false,
        backupKeyOnlyStored: false,
      });
    });
    await button("Delete key storage").click();
    await expect.element(dialog).toMatchTextContent("so there is nothing to delete");
    await expect.element(confirmField).not.toBeInTheDocument();
    await expect.element(inDialog("Delete key storage")).not.toBeInTheDocument();
    await inDialog("Close").click();
    await expect.element(dialog).not.toBeInTheDocument();
  });

  it.each([
    [true, "Your key storage is deleted"],
    [false, "Backup version 3 was kept"],
  ])("asks about each older backup; agreed: %j", async (agrees, words) => {
    const older = aSurvey({ version: backupVersion("3") });
    const { button, dialog, inDialog, confirmField, facts } = await showManage((session) => {
      session.removal.deleteKeyStorageAs = async (_confirmed, { onStep, confirmOlder }) => {
        onStep("backup");
        return (await confirmOlder(older))
          ? ok({ kind: "deleted" })
          : ok({ kind: "older_kept", version: older.version });
      };
    });
    await button("Delete key storage").click();
    await confirmField.fill("delete");
    await inDialog("Delete key storage").click();
    await expect.element(facts).toHaveAttribute("data-version", "3");
    await expect.element(dialog).toMatchTextContent("Version 7 was deleted");
    await expectNoViolations();
    if (agrees) {
      await confirmField.fill("3");
      await inDialog("Delete backup").click();
    } else await inDialog("Keep it").click();
    await expect.element(dialog).toMatchTextContent(words);
  });

  it("that was interrupted can be finished, or left", async () => {
    const startedAt = 0;
    const { screen, button, dialog, removal } = await showManage((session) => {
      session.removal.unfinished = ok({ change: "delete_key_storage", startedAt });
    });
    const notice = screen.getByTestId("unfinished");
    await expect.element(notice).toHaveAttribute("data-change", "delete_key_storage");
    await expectNoViolations();
    await button("Finish deleting").click();
    await expect.element(dialog).toMatchTextContent("Delete key storage?");
    await dialog.getByRole("button", { name: "Keep everything" }).click();
    await button("Leave it as it is").click();
    await expect.element(notice).not.toBeInTheDocument();
    expect(removal.log).toEqual(["leave"]);
  });
});

it("deleting several backups that was interrupted goes on with all of them, or is left", async () => {
  const { screen, button, dialog, facts, removal } = await showManage((session) => {
    session.changes.replace.old = ok([{ version: backupVersion("3"), count: 50 }]);
    session.removal.unfinished = ok({ change: "delete_backups", startedAt: 0 });
  });
  const notice = screen.getByTestId("unfinished");
  await expect.element(notice).toHaveAttribute("data-change", "delete_backups");
  await expectNoViolations();
  await button("Finish deleting").click();
  await expect.element(facts).toHaveAttribute("data-older", "3");
  await dialog.getByRole("button", { name: "Keep the backup" }).click();
  await button("Leave it as it is").click();
  await expect.element(notice).not.toBeInTheDocument();
  expect(removal.log).toEqual(["leave"]);
});

describe("resetting the identity", () => {
  it("asks for word and password first, hands the password over once, and leads on", async () => {
    const passwords: (string | null)[] = [];
    const { button, dialog, inDialog, confirmField, removal } = await showManage((session) => {
      session.removal.resetIdentityAs = async (_confirmed, { askPassword }) => {
        passwords.push(await askPassword("needed"));
        return ok({ kind: "kept", version: backupVersion("7") });
      };
    });
    await button("Reset identity").click();
    await expect.element(dialog).toMatchTextContent("Your other devices become unverified");
    await expect.element(dialog).toMatchTextContent("Is there really no other way?");
    await expectNoViolations();
    await confirmField.fill("reset");
    await inDialog("Reset identity").click();
    const password = dialog.getByLabelText("Password", { exact: true });
    await expect.element(password).toHaveAttribute("aria-invalid", "true");
    expect(removal.log).toEqual([]);
    await password.fill("correct horse");
    await inDialog("Reset identity").click();
    await expect.element(dialog).toMatchTextContent("Your identity was reset");
    expect(passwords).toEqual(["correct horse"]);
    expect(document.body.innerHTML).not.toContain("correct horse");
    await expectNoViolations();
    await inDialog("Set up a recovery key").click();
    await vi.waitFor(() => expect(window.location.hash).toBe("#/set-up"));
  });

  it("fits a narrow page", async () => {
    await page.viewport(360, 780);
    const { button, dialog } = await showManage();
    await button("Reset identity").click();
    await expect.element(dialog.getByLabelText("Password", { exact: true })).toBeVisible();
    const { left, right } = dialog.element().getBoundingClientRect();
    expect(left).toBeGreaterThanOrEqual(0);
    expect(right).toBeLessThanOrEqual(360);
  });

  it("asks a wrong password again in the same run", async () => {
    const passwords: (string | null)[] = [];
    const { button, dialog, inDialog, confirmField, removal } = await showManage((session) => {
      session.removal.resetIdentityAs = async (_confirmed, { askPassword }) => {
        passwords.push(await askPassword("needed"), await askPassword("wrong"));
        return ok({ kind: "none" });
      };
    });
    await button("Reset identity").click();
    await confirmField.fill("reset");
    const password = dialog.getByLabelText("Password", { exact: true });
    await password.fill("wrong");
    await inDialog("Reset identity").click();
    await expect.element(dialog).toMatchTextContent("Wrong password. Nothing was changed.");
    await expect.element(password).toHaveFocus();
    await expectNoViolations();
    await password.fill("right");
    await inDialog("Reset identity").click();
    await expect.element(dialog).toMatchTextContent("Your identity was reset");
    expect(passwords).toEqual(["wrong", "right"]);
    expect(removal.log).toEqual(["reset identity"]);
  });

  it("cancelled at the wrong password ends the run", async () => {
    const passwords: (string | null)[] = [];
    const { button, dialog, inDialog, confirmField } = await showManage((session) => {
      session.removal.resetIdentityAs = async (_confirmed, { askPassword }) => {
        passwords.push(await askPassword("needed"), await askPassword("wrong"));
        return fail({ kind: "identity", reason: "password_cancelled" });
      };
    });
    await button("Reset identity").click();
    await confirmField.fill("reset");
    await dialog.getByLabelText("Password", { exact: true }).fill("wrong");
    await inDialog("Reset identity").click();
    await expect.element(dialog).toMatchTextContent("Wrong password.");
    await inDialog("Keep my identity").click();
    await expect.element(dialog).not.toBeInTheDocument();
    expect(passwords).toEqual(["wrong", null]);
  });

  it("says what the server wants when it is not the password", async () => {
    const { button, dialog, inDialog, confirmField } = await showManage((session) => {
      session.removal.resetIdentityAs = async () =>
        fail({ kind: "identity", reason: "auth_unsupported" });
    });
    await button("Reset identity").click();
    await confirmField.fill("reset");
    await dialog.getByLabelText("Password", { exact: true }).fill("x");
    await inDialog("Reset identity").click();
    await expect.element(dialog.getByTestId("error")).toHaveAttribute("data-code", "identity");
    await expect.element(dialog).toMatchTextContent("a confirmation this app cannot give");
  });

  it.each([
    ["the recovery key still helps", { keysStored: true }, "Your recovery key still verifies"],
    ["the keys are here", { keysHere: true }, "You probably do not need this"],
  ])("says so where %s", async (_name, changes, words) => {
    const { button, dialog } = await showManage((session) => {
      session.removal.identity = ok({
        published: "k",
        keysHere: false,
        keysStored: false,
        backup: null,
        ...changes,
      });
    });
    await button("Reset identity").click();
    await expect.element(dialog).toMatchTextContent(words);
  });

  it("that was interrupted goes on without the password where the keys are here", async () => {
    const { screen, button, dialog, inDialog, removal } = await showManage((session) => {
      session.removal.unfinished = ok({
        change: "reset_identity",
        startedAt: 0,
        needsPassword: false,
      });
      session.removal.resetIdentityAs = async () => {
        session.removal.unfinished = ok(null);
        return ok({ kind: "kept", version: backupVersion("7") });
      };
    });
    await button("Finish reset").click();
    await expect.element(dialog).toMatchTextContent("Your new identity is on the homeserver");
    await expectNoViolations();
    await inDialog("Finish reset").click();
    // The notice goes, and the dialog stays to say how it ended.
    await expect.element(dialog).toMatchTextContent("Your identity was reset");
    await expect.element(screen.getByTestId("unfinished")).not.toBeInTheDocument();
    expect(removal.log).toEqual(["reset identity"]);
  });

  it("that was interrupted before the keys came here asks for everything again", async () => {
    const { screen, button, dialog } = await showManage((session) => {
      session.removal.unfinished = ok({
        change: "reset_identity",
        startedAt: 0,
        needsPassword: true,
      });
    });
    await expect
      .element(screen.getByTestId("unfinished"))
      .toMatchTextContent("it has to be confirmed again");
    await button("Finish reset").click();
    await expect.element(dialog.getByLabelText("Password", { exact: true })).toBeVisible();
  });
});
