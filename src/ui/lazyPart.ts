import { lazy, type ComponentType, type LazyExoticComponent } from "react";

/** The code of a part of the app did not arrive. Browsers remember that: only a reload asks again. */
export class PartNotLoaded extends Error {
  override name = "PartNotLoaded";
}

const loads = new Set<() => Promise<unknown>>();

/**
 * A component whose code is fetched when it is first drawn, or by `preloadParts`. Needs a `Suspense`
 * above it, and throws `PartNotLoaded` to the error boundary above when the code does not arrive.
 */
export function lazyPart<Props>(
  load: () => Promise<ComponentType<Props>>,
): LazyExoticComponent<ComponentType<Props>> {
  loads.add(load);
  return lazy(async () => {
    try {
      return { default: await load() };
    } catch (cause) {
      throw new PartNotLoaded("part of the app did not load", { cause });
    }
  });
}

/**
 * Fetches the parts known so far, so that they are there when they are wanted, also without a
 * connection. One that does not arrive is asked for again when it is drawn.
 */
export async function preloadParts(): Promise<void> {
  await Promise.allSettled([...loads].map((load) => load()));
}
