/** Text or bytes (as base64) that React or a store holds. */
export interface ReactNote {
  readonly place: string;
  readonly text: string;
  readonly isBytes: boolean;
}

/**
 * Runs in every page before its own scripts: stands where React's developer tools would, and at every
 * commit goes through the whole tree: props, hooks, class state, contexts, and the zustand stores and
 * query clients that these lead to. Refs are left out, wherever they are passed on to: they are where
 * secrets may be. What closures hold cannot be seen. It uses nothing from outside itself.
 */
export function watchReact(): void {
  interface Hook {
    readonly memoizedState: unknown;
    readonly baseState: unknown;
    readonly queue: unknown;
    readonly next: Hook | null;
  }
  interface Fiber {
    readonly type: unknown;
    readonly memoizedProps: unknown;
    readonly memoizedState: unknown;
    readonly child: Fiber | null;
    readonly sibling: Fiber | null;
    readonly alternate: Fiber | null;
  }
  const MOST_DEPTH = 14;
  const told = new Set<string>();
  const roots = new Set<{ readonly current: Fiber }>();
  let refs = new WeakSet();
  let walked = new WeakSet();

  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null;
  const method = (value: object, name: string): (() => unknown) | null => {
    const found: unknown = Reflect.get(value, name);
    return typeof found === "function" ? () => found.call(value) as unknown : null;
  };

  function tell(place: string, text: string, isBytes: boolean): void {
    if (text.length < 8 || told.has(text)) return;
    told.add(text);
    const send: unknown = Reflect.get(globalThis, "__noteReact");
    if (typeof send === "function") send({ place, text, isBytes } satisfies ReactNote);
  }

  function tellBytes(place: string, bytes: Uint8Array): void {
    tell(place, btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")), true);
  }

  /** `place` names the way to the value, without what lists and maps are indexed by. */
  function visit(value: unknown, place: string, depth = 0): void {
    if (typeof value === "string") tell(place, value, false);
    if ((!isObject(value) && typeof value !== "function") || walked.has(value)) return;
    if (refs.has(value) || depth > MOST_DEPTH || value instanceof Node || value === globalThis)
      return;
    walked.add(value);
    const [state, queries, mutations] = ["getState", "getQueryCache", "getMutationCache"].map(
      (name) => method(value, name),
    );
    if (state) visit(state(), `${place} store`, depth + 1);
    for (const cache of [queries, mutations]) {
      const held = cache?.();
      const all = isObject(held) ? method(held, "getAll")?.() : null;
      if (Array.isArray(all)) for (const entry of all) visit(entry, `${place} query`, depth + 1);
    }
    if (typeof value === "function") return;
    if (ArrayBuffer.isView(value))
      return tellBytes(place, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    if (value instanceof ArrayBuffer) return tellBytes(place, new Uint8Array(value));
    if (Array.isArray(value) && value.every((item) => typeof item === "number"))
      return tell(place, value.join(","), false);
    if (Array.isArray(value) || value instanceof Set)
      return value.forEach((item) => visit(item, place, depth + 1));
    if (value instanceof Map) {
      value.forEach((item, key) => {
        visit(key, place, depth + 1);
        visit(item, place, depth + 1);
      });
      return;
    }
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
      // Getters are not called: they may do anything. The owner of an element is its whole tree.
      if (!("value" in property) || name === "_owner" || name === "return") continue;
      tell(place, name, false);
      visit(property.value, `${place}.${name}`, depth + 1);
    }
  }

  function hooksOf({ memoizedState: state }: Fiber): readonly Hook[] | null {
    if (!isObject(state) || !("next" in state && "queue" in state)) return null;
    const hooks: Hook[] = [];
    for (let hook = state as unknown as Hook | null; hook !== null; hook = hook.next)
      hooks.push(hook);
    return hooks;
  }

  function nameOf({ type }: Fiber): string {
    if (typeof type === "string") return `<${type}>`;
    if (typeof type === "function") return type.name;
    return "component";
  }

  function forEachFiber(fiber: Fiber, act: (version: Fiber) => void): void {
    act(fiber);
    if (fiber.alternate !== null) act(fiber.alternate);
    for (let child = fiber.child; child !== null; child = child.sibling) forEachFiber(child, act);
  }

  function noteRefs(fiber: Fiber): void {
    for (const { memoizedState: held, queue } of hooksOf(fiber) ?? [])
      if (queue === null && isObject(held) && Object.keys(held).join() === "current")
        refs.add(held);
  }

  function visitFiber(fiber: Fiber): void {
    visit(fiber.memoizedProps, `props of ${nameOf(fiber)}`);
    const place = `state of ${nameOf(fiber)}`;
    const hooks = hooksOf(fiber);
    if (hooks === null) visit(fiber.memoizedState, place);
    for (const { memoizedState, baseState, queue } of hooks ?? [])
      for (const held of [memoizedState, baseState, queue]) visit(held, place);
  }

  function walk(): void {
    refs = new WeakSet();
    walked = new WeakSet();
    for (const { current } of roots) forEachFiber(current, noteRefs);
    for (const { current } of roots) forEachFiber(current, visitFiber);
  }

  Reflect.set(globalThis, "__REACT_DEVTOOLS_GLOBAL_HOOK__", {
    supportsFiber: true,
    inject: () => 1,
    onCommitFiberUnmount: () => undefined,
    onCommitFiberRoot(_renderer: number, root: { readonly current: Fiber }) {
      roots.add(root);
      walk();
    },
  });
  Reflect.set(globalThis, "__walkReact", walk);
}
