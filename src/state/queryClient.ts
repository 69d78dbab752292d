import { QueryClient } from "@tanstack/react-query";

/** One per page. Each query says how it is read again (see queries.ts); mutations are never retried. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: false, networkMode: "always" },
      mutations: { retry: false, networkMode: "always", gcTime: 0 },
    },
  });
}
