import { QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { StoreContext } from "@/state/StoreContext";
import type { TestApp } from "./createTestApp";

/** What the composition root puts around the screens. */
export function TestProviders({
  app,
  children,
}: {
  app: Pick<TestApp, "services" | "queryClient">;
  children: ReactNode;
}) {
  return (
    <QueryClientProvider client={app.queryClient}>
      <StoreContext value={app.services}>{children}</StoreContext>
    </QueryClientProvider>
  );
}
