import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { useRef, type ReactNode } from "react";
import styles from "./Dialog.module.css";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children: ReactNode;
  /** Where the focus goes afterwards, when not to where it came from. */
  focusAfter?: () => HTMLElement | null;
  /** Buttons; the safe one first, so that it has the focus when the dialog opens. */
  actions: ReactNode;
  /** They have the focus first also where the dialog's content has buttons of its own. */
  beginOnActions?: boolean;
}

/** A modal dialog: focus stays inside, Escape closes it, focus returns to where it came from. */
export function Dialog(props: DialogProps) {
  const {
    open,
    onOpenChange,
    title,
    children,
    actions,
    focusAfter,
    beginOnActions = false,
  } = props;
  const row = useRef<HTMLDivElement>(null);
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={styles.backdrop} />
        <BaseDialog.Viewport className={styles.viewport}>
          <BaseDialog.Popup
            className={styles.popup}
            initialFocus={beginOnActions ? () => row.current?.querySelector("button") : true}
            finalFocus={focusAfter === undefined ? true : () => focusAfter() ?? true}
          >
            <BaseDialog.Title className={styles.title}>{title}</BaseDialog.Title>
            <div className={styles.body}>{children}</div>
            <div className={styles.actions} ref={row}>
              {actions}
            </div>
          </BaseDialog.Popup>
        </BaseDialog.Viewport>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
