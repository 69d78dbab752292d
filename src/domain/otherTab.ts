/** What is going on in the tab that has the session, as far as this one is told. */
export type OtherTab =
  /** It has not answered yet: it is busy, frozen, or an older version of the app. */
  | { readonly kind: "silent" }
  /** No tab has the session any more: it was closed, or crashed. */
  | { readonly kind: "gone" }
  | {
      readonly kind: "answering";
      /** Who is signed in there; null before or after a session. */
      readonly userId: string | null;
      /** The restore that runs there. */
      readonly restore: { readonly done: number; readonly total: number } | null;
    };
