import { useState } from "react";
import { readKeyFile } from "./readKeyFile";

/** Finds the recovery key in a file. Its text is handed on for the field alone, and not kept. */
export function useKeyFile(onKey: (text: string) => void) {
  const [fileProblem, setFileProblem] = useState<string | null>(null);

  async function takeFile(file: File): Promise<void> {
    const found = await readKeyFile(file);
    setFileProblem("problem" in found ? found.problem : null);
    if ("text" in found) onKey(found.text);
  }

  return {
    fileProblem,
    takeFile: (file: File) => void takeFile(file),
    forgetProblem: () => setFileProblem(null),
  };
}
