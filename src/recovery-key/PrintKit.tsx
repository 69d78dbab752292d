import { useEffect } from "react";
import { createPortal } from "react-dom";
import styles from "./PrintKit.module.css";
import { KIT_WORDS, kitDate, type RecoveryKeyKit } from "./recoveryKeyFile";
import { SecretText } from "./SecretText";

interface PrintKitProps {
  kit: RecoveryKeyKit;
  readKey: () => string;
  /** Opens the browser's dialog; else that is under way already. */
  asks: boolean;
  onPrinted: () => void;
}

/** A sheet with the recovery key. On the page only while it is printed; global.css hides the rest. */
export function PrintKit({ kit, readKey, asks, onPrinted }: PrintKitProps) {
  useEffect(() => {
    window.addEventListener("afterprint", onPrinted);
    // Where `afterprint` never comes (some phones), the next touch ends it.
    window.addEventListener("pointerdown", onPrinted);
    if (asks) window.print();
    return () => {
      window.removeEventListener("afterprint", onPrinted);
      window.removeEventListener("pointerdown", onPrinted);
    };
  }, [asks, onPrinted]);

  return createPortal(
    <section className={styles.kit} data-print-kit="" aria-hidden="true">
      <h1>{KIT_WORDS.title}</h1>
      <dl>
        <dt>User</dt>
        <dd>{kit.userId}</dd>
        <dt>Homeserver</dt>
        <dd>{kit.homeserverUrl}</dd>
        <dt>Date</dt>
        <dd>{kitDate(kit.madeAt)}</dd>
      </dl>
      <SecretText read={readKey} />
      <p>{KIT_WORDS.is}</p>
      <p>{KIT_WORDS.isNot}</p>
      <p>{KIT_WORDS.keep}</p>
    </section>,
    document.body,
  );
}
