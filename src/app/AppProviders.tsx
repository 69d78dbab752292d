import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { StoreContext, type AppServices } from "@/state/StoreContext";

interface AppProvidersProps {
  services: AppServices;
  queryClient: QueryClient;
  children: ReactNode;
}

/** What the hooks of src/state need above them. */
export function AppProviders({ services, queryClient, children }: AppProvidersProps) {
  return (
    <QueryClientProvider client={queryClient}>
      <StoreContext value={services}>{children}</StoreContext>
    </QueryClientProvider>
  );
}
