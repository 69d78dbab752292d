import { Component, type ReactNode } from "react";
import { describeError } from "@/copy/describeError";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { PartNotLoaded, retryParts } from "@/ui/lazyPart";
import { ReloadButton } from "@/ui/ReloadButton";
import { useUnloadGuard } from "@/ui/useUnloadGuard";
import { Heading } from "./Heading";

interface MissingPartProps {
  /** Another one is tried again. */
  screen: string;
  /** The session is in this page alone: a reload would end it. */
  unstored?: boolean;
  children: ReactNode;
}

interface MissingPartState {
  screen: string;
  thrown: { readonly error: unknown } | null;
}

/**
 * Takes the place of a screen whose code did not arrive: the connection broke, or a newer version was
 * put up meanwhile. What stands around it stays, and so does the session. Other errors pass on.
 */
export class MissingPart extends Component<MissingPartProps, MissingPartState> {
  override state: MissingPartState = { screen: this.props.screen, thrown: null };

  static getDerivedStateFromError(error: unknown): Partial<MissingPartState> {
    return { thrown: { error } };
  }

  static getDerivedStateFromProps(
    { screen }: MissingPartProps,
    state: MissingPartState,
  ): MissingPartState | null {
    return screen === state.screen ? null : { screen, thrown: null };
  }

  override render(): ReactNode {
    const { thrown } = this.state;
    if (thrown === null) return this.props.children;
    if (!(thrown.error instanceof PartNotLoaded)) throw thrown.error;
    const { unstored = false } = this.props;
    return (
      <PartIsMissing
        unstored={unstored}
        onRetry={() => {
          retryParts();
          this.setState({ thrown: null });
        }}
      />
    );
  }
}

function PartIsMissing({ unstored, onRetry }: { unstored: boolean; onRetry: () => void }) {
  // Whatever asks before such a page is left may be in what did not arrive.
  useUnloadGuard(unstored);
  const { title, body } = describeError({ kind: "part_missing" });
  return (
    <>
      <Heading>This part did not load</Heading>
      <Alert
        tone="critical"
        title={title}
        code="part_missing"
        action={unstored ? <Button onClick={onRetry}>Try again</Button> : <ReloadButton />}
      >
        <p>
          {unstored
            ? "Nothing was lost. Reloading would end this session, and lose its room keys that are not in your backup: try again first, when you are connected."
            : `${body} A restore under way stops and can be continued.`}
        </p>
      </Alert>
    </>
  );
}
