import { useState } from "react";

/** One of several dialogs. Each opening is a new one (`key`), and it may close in its own time. */
export function useDialog<Name extends string>() {
  const [state, setState] = useState<{ name: Name | null; opened: number; open: boolean }>({
    name: null,
    opened: 0,
    open: false,
  });
  return {
    show: (name: Name) => setState(({ opened }) => ({ name, opened: opened + 1, open: true })),
    /** For the dialog of this name, or null while another one or none was opened last. */
    propsOf: (name: Name) =>
      state.name === name
        ? {
            key: state.opened,
            open: state.open,
            onClose: () => setState((now) => ({ ...now, open: false })),
          }
        : null,
  };
}
