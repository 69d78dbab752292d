/** An error for a person: what happened, what is safe and what to do, and the kind of next step. */
export interface ErrorWords {
  readonly title: string;
  readonly body: string;
  readonly action: "retry" | "reload" | "sign_in" | "none";
}
