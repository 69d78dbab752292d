import type { BackupVersion } from "@/domain/backup";
import { ok } from "@/domain/result";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  accountWithBackup,
  currentVersion,
  idsIn,
  keyEntries,
  putEntries,
  uploaded,
  withFault,
  type Account,
} from "./changesRig";
import { copyOf, valueOf } from "./integrationDevice";
import { startHomeserver, type Homeserver } from "./integrationHomeserver";
import { createReplace } from "./replace";
import type { SessionContext } from "./sessionContext";

let server: Homeserver;
beforeAll(async () => {
  server = await startHomeserver();
});
afterAll(() => server.stop());

const silent = { onStep: () => undefined, onUpload: () => undefined };
const replaceOn = (context: SessionContext) => createReplace(context, keyEntries(context));

/** Stops a replacement where everything but the upload's end is done. Answers with what was made. */
async function interrupt(
  context: SessionContext,
  account: Account,
  options: { readonly withoutOldKey?: boolean } = {},
): Promise<BackupVersion> {
  const running = replaceOn(withFault(context, null).context).run(copyOf(account.key), {
    confirmed: await currentVersion(account.device.context),
    withoutOldKey: options.withoutOldKey ?? false,
    ...silent,
    onUpload: () => {
      throw new Error("interrupted");
    },
  });
  await expect(running).rejects.toThrow("interrupted");
  return currentVersion(account.device.context);
}

/** A server that lists nothing of one version, in an answer that is whole. */
function listsNothingOf(context: SessionContext, version: BackupVersion): SessionContext {
  return {
    ...context,
    async requestStream(method, path, options) {
      return path === "/room_keys/keys" && options?.query?.version === version
        ? ok(new Response('{"rooms":{}}'))
        : context.requestStream(method, path, options);
    },
  };
}

describe("a list that is shorter than what the server counts", () => {
  test("is no proof that the old version can go", async () => {
    const account = await accountWithBackup(server, 3);
    const { context } = account.device;
    const { version } = account;
    const options = { confirmed: version, withoutOldKey: false, ...silent };
    valueOf(await replaceOn(context).run(copyOf(account.key), options));
    const blind = replaceOn(listsNothingOf(context, version));
    expect(await blind.checkOld(copyOf(account.key), version, silent)).toEqual({
      ok: false,
      error: { kind: "keys_at_risk", version, count: 3 },
    });
    const all = keyEntries(context);
    const halved = createReplace(context, {
      read: (of, take, signal) =>
        all.read(of, (batch) => take(of === version ? batch.slice(1) : batch), signal),
    });
    expect(await halved.checkOld(copyOf(account.key), version, silent)).toEqual({
      ok: false,
      error: { kind: "keys_at_risk", version, count: 1 },
    });
    account.device.stop();
  });

  test("is no proof that the new version can go", async () => {
    const account = await accountWithBackup(server, 1);
    const { context } = account.device;
    const made = await interrupt(context, account);
    const theirs = await putEntries(context, made, 3);
    await uploaded(account.device, made, 4);
    expect(await replaceOn(listsNothingOf(context, made)).undo(copyOf(account.key))).toEqual({
      ok: false,
      error: { kind: "keys_at_risk", version: made, count: 4 },
    });
    expect([...((await idsIn(context, made)) ?? [])]).toEqual(expect.arrayContaining(theirs));
    account.device.stop();
  });
});
