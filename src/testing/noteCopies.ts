/** Every copy that somebody makes of the bytes from now on by `slice`, to be looked at later. */
export function noteCopies(bytes: Uint8Array<ArrayBuffer>): readonly Uint8Array[] {
  const copies: Uint8Array[] = [];
  Object.defineProperty(bytes, "slice", {
    value: (start?: number, end?: number) => {
      const copy = Uint8Array.prototype.slice.call(bytes, start, end);
      copies.push(copy);
      return copy;
    },
  });
  return copies;
}
