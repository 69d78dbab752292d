import { useEffect, useState } from "react";
import { useSessionActions } from "@/state/actionHooks";
import { useLiveSession } from "@/state/hooks";

/**
 * Whether the homeserver confirms by the account password: `always`, as far as it is known; `perhaps`
 * where accounts without one sign in on another page; `never` where nobody has one.
 */
export type PasswordUse = "always" | "perhaps" | "never";

/** Asked when a dialog opens, as nothing of it is known from the session itself. */
export function usePasswordUse(): PasswordUse {
  const { user, oauth } = useLiveSession();
  const { findHomeserver } = useSessionActions();
  const [use, setUse] = useState<PasswordUse>(oauth === null ? "always" : "never");
  useEffect(() => {
    let gone = false;
    async function look(): Promise<void> {
      const found = await findHomeserver({ homeserver: user.homeserverUrl, username: "" });
      if (gone || !found.ok) return;
      const { password, sso } = found.value.offer;
      if (!password) setUse("never");
      else if (sso !== null) setUse("perhaps");
    }
    if (oauth === null) void look();
    return () => {
      gone = true;
    };
  }, [findHomeserver, oauth, user.homeserverUrl]);
  return use;
}
