import { extractRecoveryKey } from "@/domain/recoveryKey";

const LARGEST = 65_536;

/** The recovery key found in a file the person chose, or a sentence on why there is none. */
export async function readKeyFile(
  file: File,
): Promise<{ readonly text: string } | { readonly problem: string }> {
  if (file.size > LARGEST) {
    return { problem: "This file is too large to be a recovery key file. It was not read." };
  }
  let content: string;
  try {
    content = await file.text();
  } catch {
    return { problem: "This file could not be read. It may have been moved or deleted." };
  }
  const text = extractRecoveryKey(content);
  return text === null ? { problem: "No recovery key was found in this file." } : { text };
}
