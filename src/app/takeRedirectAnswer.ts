import { findRedirectAnswer } from "@/domain/redirectAnswer";
import type { RedirectAnswer } from "@/domain/signIn";

/**
 * What another page sent back in this page's address, which no longer holds it when this returns:
 * neither the address bar, nor the history, nor a reload, nor a copied link has it after that.
 */
export function takeRedirectAnswer(): RedirectAnswer | null {
  const found = findRedirectAnswer(window.location.href);
  if (found === null) return null;
  window.history.replaceState(null, "", found.clean);
  return found.answer;
}
