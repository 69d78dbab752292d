import { useEffect, useEffectEvent, useRef, useState } from "react";

/** Lets a file be dropped on a form. Dropped text is left to the browser, which puts it in the field. */
export function useFileDrop(onFile: (file: File) => void) {
  const formRef = useRef<HTMLFormElement>(null);
  const [dragging, setDragging] = useState(false);
  const take = useEffectEvent(onFile);

  useEffect(() => {
    const form = formRef.current;
    if (form === null) return;
    const ended = new AbortController();
    const { signal } = ended;
    form.addEventListener(
      "dragover",
      (event) => {
        if (event.dataTransfer?.types.includes("Files") !== true) return;
        // Without this the browser would open the file in place of the page.
        event.preventDefault();
        setDragging(true);
      },
      { signal },
    );
    form.addEventListener("dragleave", () => setDragging(false), { signal });
    form.addEventListener(
      "drop",
      (event) => {
        setDragging(false);
        const file = event.dataTransfer?.files[0];
        if (file === undefined) return;
        event.preventDefault();
        take(file);
      },
      { signal },
    );
    return () => ended.abort();
  }, []);

  return { formRef, dragging };
}
