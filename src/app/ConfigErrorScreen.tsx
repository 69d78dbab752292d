import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import type { ConfigProblem } from "./config";
import { DocumentTitle } from "./DocumentTitle";
import { Frame } from "./Frame";
import { Heading } from "./Heading";

/** The operator's config.json is wrong. Says which field, to whoever can mend it. */
export function ConfigErrorScreen({ problem }: { problem: ConfigProblem }) {
  const what = problem.field === "" ? "config.json" : `“${problem.field}” in config.json`;
  return (
    <Frame screen="config" narrow>
      <DocumentTitle title="The app is not set up correctly" />
      <Heading>The app is not set up correctly</Heading>
      <Alert
        tone="critical"
        title={`${what} ${problem.problem}`}
        code="config"
        action={<Button onClick={() => window.location.reload()}>Retry</Button>}
      >
        <p>
          Your keys and your backup have nothing to do with this. Whoever runs this site needs to
          correct the file.
        </p>
      </Alert>
    </Frame>
  );
}
