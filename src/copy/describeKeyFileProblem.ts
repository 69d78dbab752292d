import type { KeyFileProblem } from "@/domain/keyFile";

/** Why a key file could not be used, what is safe, and what to do. */
export function describeKeyFileProblem(problem: KeyFileProblem): { title: string; body: string } {
  switch (problem) {
    case "not_a_key_file":
      return {
        title: "This is not a file with room keys",
        body: "Nothing was changed. A key file is what “Export keys” of a Matrix app makes. A recovery key file is something else: enter that one where the recovery key is asked for.",
      };
    case "cut_off":
      return {
        title: "The file is not complete",
        body: "It begins like a key file, and its end is missing. Nothing was changed. Copy or download it again, or use another copy of it.",
      };
    case "wrong_passphrase":
      return {
        title: "The passphrase does not open this file",
        body: "Nothing was changed. Upper and lower case and spaces matter. If you are sure of the passphrase, the file was changed since it was made: use another copy of it.",
      };
    case "unsupported":
      return {
        title: "This kind of key file is not known here",
        body: "Nothing was changed. It was made by a newer app, or it is damaged.",
      };
    case "too_large":
      return {
        title: "The file is too large to be read here",
        body: "Nothing was changed. Files of up to 300 MB can be imported.",
      };
    case "no_keys":
      return {
        title: "There are no room keys",
        body: "There is nothing to write into a file, or nothing in it.",
      };
  }
}
