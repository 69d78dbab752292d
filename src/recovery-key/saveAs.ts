/** Long enough for a browser to have begun the download before the address goes. */
const REVOKE_AFTER = 10_000;

/** Hands a text file to the browser's downloads. */
export function saveAs(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER);
}
