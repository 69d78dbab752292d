import { lazyDialog } from "@/ui/lazyDialog";

/** Dialogs that screens of the first load open: their code, and all of dialogs, comes later. */
export const LazyForgetDialog = lazyDialog(
  async () => (await import("./ForgetDialog")).ForgetDialog,
);
export const LazySignOutDialog = lazyDialog(
  async () => (await import("./SignOutDialog")).SignOutDialog,
);
