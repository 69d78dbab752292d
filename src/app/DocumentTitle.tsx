import { useEffect } from "react";
import { PRODUCT_NAME } from "@/copy/terms";

interface DocumentTitleProps {
  /** Null while there is nothing to name. */
  title: string | null;
  /** What goes on, for people who look at another tab; it stands first. */
  news?: string | null;
}

/** The document's title: "42 % restored – Rooms – Key Backup". Draws nothing. */
export function DocumentTitle({ title, news = null }: DocumentTitleProps) {
  const whole = [news, title, PRODUCT_NAME].filter((part) => part !== null).join(" – ");
  useEffect(() => {
    document.title = whole;
  }, [whole]);
  return null;
}
