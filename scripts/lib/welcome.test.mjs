import { expect, it } from "vitest";
import { formatWelcome } from "./welcome.ts";

const dashboard = "http://localhost:4173";

it("prints where to go and how to sign in, and leaves out what there is not", () => {
  const text = formatWelcome({
    dashboard,
    homeserver: "http://localhost:8008",
    accounts: [
      {
        userId: "@alice:localhost",
        username: "alice",
        password: "a-password",
        recoveryKey: "EsTx Wxyz",
        recoveryKeyFile: "/demo/alice.txt",
        note: "2,000 room keys in the backup",
      },
      {
        userId: "@bob:localhost",
        username: "bob",
        password: "b-password",
        recoveryKey: null,
        recoveryKeyFile: null,
        note: "no backup",
      },
    ],
  });
  expect(text).toBe(`
Dashboard   http://localhost:4173
Homeserver  http://localhost:8008

  alice: 2,000 room keys in the backup
    user id        @alice:localhost
    password       a-password
    recovery key   EsTx Wxyz
    key as a file  /demo/alice.txt

  bob: no backup
    user id   @bob:localhost
    password  b-password

Press ctrl-C to end.
`);
});

it("prints two lines for a homeserver of one's own", () => {
  const text = formatWelcome({ dashboard, homeserver: "https://example.org", accounts: [] });
  expect(text).toBe(
    "\nDashboard   http://localhost:4173\nHomeserver  https://example.org\n\nPress ctrl-C to end.\n",
  );
});
