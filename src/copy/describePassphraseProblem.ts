import { FEWEST_ITERATIONS, type PassphraseProblem } from "@/domain/passphrase";
import { formatNumber } from "./formatNumber";

const KEY_STILL_WORKS = "The recovery key itself, 48 characters, does not depend on it and works.";

/** One sentence on what is wrong and what to do about it, for each reason its own. */
export function describePassphraseProblem(problem: PassphraseProblem): {
  title: string;
  body: string;
} {
  switch (problem.reason) {
    case "empty":
      return {
        title: "Enter your passphrase",
        body: "It is the phrase you chose when recovery was set up in another app, often called a security phrase.",
      };
    case "not_used":
      return {
        title: "This account uses no passphrase",
        body: "None of its keys is made from one. Use the recovery key instead. Nothing was changed.",
      };
    case "does_not_match":
      return {
        title: "This is not the passphrase of this account",
        body: "The key made from it fits nothing here. Upper and lower case, spaces and punctuation matter. It is not the account password. Nothing was changed.",
      };
    case "not_all_tried":
      return {
        title: "The passphrase fits none of the keys that were tried",
        body: `${formatNumber(problem.tried)} of ${formatNumber(problem.tried + problem.left)} keys of this account were tried; the others would take far too long, so it may still be the right one. Nothing was changed. ${KEY_STILL_WORKS}`,
      };
    case "iterations":
      return problem.are === "few"
        ? {
            title: "The passphrase is not used, because it would be too easy to guess",
            body: `The server says that the key is made with ${formatNumber(problem.iterations)} rounds, and fewer than ${formatNumber(FEWEST_ITERATIONS)} do not protect a passphrase. ${KEY_STILL_WORKS}`,
          }
        : {
            title: "The passphrase is not used, because it would take far too long",
            body: `The server says that the key is made with ${formatNumber(problem.iterations)} rounds, which no app asks for. ${KEY_STILL_WORKS}`,
          };
    case "unsupported":
      return {
        title: "The passphrase is used in a way this app does not know",
        body: `What the account says about making the key from it is incomplete or of a newer kind. Nothing was changed. ${KEY_STILL_WORKS}`,
      };
  }
}
