import { Component, type ReactNode } from "react";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { PartNotLoaded } from "@/ui/lazyPart";
import { Heading } from "./Heading";

interface MissingPartProps {
  /** Another one is tried again. */
  screen: string;
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
    return (
      <>
        <Heading>This part did not load</Heading>
        <Alert
          tone="critical"
          title="A part of the app did not arrive"
          code="part_missing"
          action={<Button onClick={() => window.location.reload()}>Reload</Button>}
        >
          <p>
            Nothing was lost. Either the connection broke, or a newer version of the app has taken
            its place. Reload when you are connected; a restore under way stops and can be
            continued.
          </p>
        </Alert>
      </>
    );
  }
}
