import { CHANGE_ELSEWHERE, LAST_WAY } from "@/copy/lostKey";
import { hrefOf } from "@/lib/route";
import { Details } from "@/ui/Details";

/** The ways on for somebody who does not have the recovery key any more. */
export function LostKey() {
  return (
    <Details summary="I no longer have it">
      <p>
        If another device of yours is verified, it can let this one in and send it the key:{" "}
        <a href={hrefOf("verify")}>Verify with another device</a>. {CHANGE_ELSEWHERE}
      </p>
      <p>
        {LAST_WAY} <a href={hrefOf("manage")}>Manage backup</a>
      </p>
    </Details>
  );
}
