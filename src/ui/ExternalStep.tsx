import PopOutIcon from "@vector-im/compound-design-tokens/assets/web/icons/pop-out";
import { useEffect, useRef, type ReactNode } from "react";
import { Alert } from "./Alert";
import { Button } from "./Button";
import buttonStyles from "./Button.module.css";
import styles from "./ExternalStep.module.css";

interface ExternalStepProps {
  href: string;
  link: string;
  children: ReactNode;
  /** Said beside the buttons: what the last try came to. */
  note: string | null;
  busy: boolean;
  /** Tries to go on; also called by itself when the person comes back from the other page. */
  onContinue: () => void;
  /** Beside "Continue". */
  otherWay?: ReactNode;
}

/**
 * Something to do on a page of others, in a window of its own. Nothing is heard from there (our
 * pages have no opener), so going on is tried when the person says so or comes back. A plain link:
 * no browser blocks it.
 */
export function ExternalStep(props: ExternalStepProps) {
  const { href, link, children, note, busy, onContinue, otherWay } = props;
  const opened = useRef(false);
  const goOn = useRef(onContinue);
  useEffect(() => {
    goOn.current = busy ? () => undefined : onContinue;
  }, [busy, onContinue]);

  useEffect(() => {
    const cameBack = () => {
      if (opened.current) goOn.current();
    };
    window.addEventListener("focus", cameBack);
    return () => window.removeEventListener("focus", cameBack);
  }, []);

  return (
    <div className={styles.step}>
      {children}
      <a
        className={`${buttonStyles.button} ${buttonStyles.secondary}`}
        href={href}
        target="_blank"
        rel="noopener noreferrer"
        onClick={() => {
          opened.current = true;
        }}
      >
        {link}
        <PopOutIcon aria-hidden="true" />
      </a>
      {note === null ? null : <Alert tone="info" title={note} />}
      <div className={styles.actions}>
        <Button busy={busy} onClick={onContinue}>
          Continue
        </Button>
        {otherWay}
      </div>
    </div>
  );
}
