import type { IdentitySurvey } from "@/domain/removalPorts";
import { hrefOf } from "@/lib/route";
import { Alert } from "@/ui/Alert";

/** A reset is for those who have no other way. Says which ones there are. */
export function OtherWays({ survey }: { survey: IdentitySurvey }) {
  if (survey.keysHere) {
    return (
      <Alert tone="warning" title="You probably do not need this">
        <p>
          This device holds your identity’s keys. A new recovery key can be set up without a new
          identity.
        </p>
      </Alert>
    );
  }
  return (
    <Alert tone="warning" title="Is there really no other way?">
      {survey.keysStored ? (
        <p>
          Your recovery key still verifies this device:{" "}
          <a href={hrefOf("unlock")}>enter it instead</a> if you have it.
        </p>
      ) : (
        <p>If another device of yours is verified, verify this one from there instead.</p>
      )}
    </Alert>
  );
}
