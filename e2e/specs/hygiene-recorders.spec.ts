import { randomBytes } from "node:crypto";
import { expect, test } from "../fixtures/index.ts";
import { describeFinding, findSecrets } from "../support/hygiene/findSecrets.ts";
import { plants } from "../support/hygiene/plants.ts";
import { lookAt, recordContext } from "../support/hygiene/recordContext.ts";
import { Recorder } from "../support/hygiene/Recorder.ts";

// The proof that hygiene.spec.ts would see a leak: each kind is made in the real page, with a secret
// of its own, and must be found where it was made.
test("a secret that leaks is found where it leaked, when it did, and nowhere else", async ({
  context,
}) => {
  const recorder = new Recorder();
  await recordContext(context, recorder);
  const page = await context.newPage();
  await page.goto("/");
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await lookAt(page, recorder);

  for (const { name, plant, found, place } of plants) {
    await test.step(name, async () => {
      const secret = { name: "planted", value: `${randomBytes(9).toString("hex")} & more` };
      recorder.at(name);
      await plant(page, secret.value);
      await lookAt(page, recorder);
      recorder.at("later");

      const findings = findSecrets(recorder.sightings, [secret], []);
      const words = `${name}:\n${findings.map(describeFinding).join("\n")}`;
      const channels = new Set(findings.map(({ channel }) => channel));
      expect.soft(channels, words).toEqual(new Set(found));
      expect.soft(findings.map((finding) => finding.place).join("\n"), words).toMatch(place);
      expect.soft(new Set(findings.map(({ moment }) => moment)), words).toEqual(new Set([name]));
      expect.soft(words).not.toContain(secret.value);
    });
  }
});
