import { lazy, type ComponentType, type JSX } from "react";

/**
 * The code of a part of the app did not arrive. Some browsers remember that, and ask for it again only
 * after a reload.
 */
export class PartNotLoaded extends Error {
  override name = "PartNotLoaded";
}

const loads = new Set<() => Promise<unknown>>();
const failed = new Set<() => void>();

/**
 * A component whose code is fetched when it is first drawn, or by `preloadParts`. Needs a `Suspense`
 * above it, and throws `PartNotLoaded` to the error boundary above when the code does not arrive.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): (props: Props) => JSX.Element {
  loads.add(load);
  const make = () =>
    lazy(async () => {
      try {
        return { default: await load() };
      } catch (cause) {
        // Not made anew by itself: React draws a part that threw once more, and would ask for ever.
        failed.add(() => {
          Part = make();
        });
        throw new PartNotLoaded("part of the app did not load", { cause });
      }
    });
  let Part = make();
  return function LazyPart(props) {
    return <Part {...props} />;
  };
}

/** What did not arrive is asked for again when it is next drawn. */
export function retryParts(): void {
  for (const again of failed) again();
  failed.clear();
}

/**
 * Fetches the parts known so far, so that they are there when they are wanted, also without a
 * connection. One that does not arrive is asked for again when it is drawn.
 */
export async function preloadParts(): Promise<void> {
  await Promise.allSettled([...loads].map((load) => load()));
}
