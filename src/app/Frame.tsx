import KeyIcon from "@vector-im/compound-design-tokens/assets/web/icons/key-solid";
import { Suspense, useEffect, useRef, type ReactNode, type RefObject } from "react";
import { PRODUCT_NAME } from "@/copy/terms";
import { Spinner } from "@/ui/Spinner";
import styles from "./Frame.module.css";
import { MissingPart } from "./MissingPart";
import { useKeptFocus } from "./useKeptFocus";

export interface FrameProps {
  /** Names the screen: a new one moves the focus to the new heading. */
  screen: string;
  /** Beside the product name: who is signed in, and the way out. */
  account?: ReactNode;
  nav?: ReactNode;
  /** A form by itself reads better in a narrow column. */
  narrow?: boolean;
  /** The session is in this page alone. */
  unstored?: boolean;
  children: ReactNode;
}

/** What stands around every screen: skip link, header, main landmark, focus. */
export function Frame(props: FrameProps) {
  const { screen, account, nav, narrow = false, unstored = false, children } = props;
  const main = useRef<HTMLElement>(null);
  useKeptFocus(main);
  return (
    <>
      <a
        className={styles.skip}
        href="#main"
        onClick={(event) => {
          // The hash is the route: the link must not change it.
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to content
      </a>
      <header className={styles.header}>
        <div className={styles.bar}>
          <p className={styles.brand}>
            <span className={styles.mark} aria-hidden="true">
              <KeyIcon />
            </span>
            {PRODUCT_NAME}
          </p>
          {account}
        </div>
        {nav}
      </header>
      <main
        className={narrow ? `${styles.main} ${styles.narrow}` : styles.main}
        id="main"
        ref={main}
        tabIndex={-1}
      >
        <MissingPart screen={screen} unstored={unstored}>
          <Suspense
            fallback={
              <div className={styles.quiet}>
                <Spinner label="Loading…" />
              </div>
            }
          >
            {children}
            <FocusOnHeading screen={screen} main={main} />
          </Suspense>
        </MissingPart>
      </main>
    </>
  );
}

/**
 * On the first screen the focus belongs to the browser; from then on it follows the screens. Inside
 * the boundary, as a screen whose code is still on its way has no heading yet.
 */
function FocusOnHeading({ screen, main }: { screen: string; main: RefObject<HTMLElement | null> }) {
  const previous = useRef<string | null>(null);
  useEffect(() => {
    if (previous.current !== null && previous.current !== screen) {
      const heading = main.current?.querySelector("h1");
      heading?.setAttribute("tabindex", "-1");
      heading?.focus();
    }
    previous.current = screen === "starting" ? previous.current : screen;
  }, [screen, main]);
  return null;
}
