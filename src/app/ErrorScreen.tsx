import { Component, type ReactNode } from "react";
import { describeError } from "@/copy/describeError";
import { Alert } from "@/ui/Alert";
import { ReloadButton } from "@/ui/ReloadButton";
import { redactError } from "./redactError";
import { DocumentTitle } from "./DocumentTitle";
import { ErrorReport } from "./ErrorReport";
import { Frame } from "./Frame";
import { Heading } from "./Heading";

interface ErrorScreenState {
  report: readonly string[] | null;
}

/** Last resort: a bug that threw while rendering. Nothing is written or removed here. */
export class ErrorScreen extends Component<{ children: ReactNode }, ErrorScreenState> {
  override state: ErrorScreenState = { report: null };

  static getDerivedStateFromError(error: unknown): ErrorScreenState {
    return { report: redactError(error) };
  }

  override render(): ReactNode {
    const { report } = this.state;
    if (report === null) return this.props.children;
    const words = describeError({ kind: "unexpected", detail: "" });
    return (
      <Frame screen="error" narrow>
        <DocumentTitle title="Something went wrong" />
        <Heading>Something went wrong</Heading>
        <Alert tone="critical" title={words.title} code="unexpected" action={<ReloadButton />}>
          <p>{words.body}</p>
        </Alert>
        <ErrorReport lines={report} />
      </Frame>
    );
  }
}
