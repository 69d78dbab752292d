/** Every copy that somebody makes of the bytes from now on by `slice`, to be looked at later. */
export function noteCopies(bytes: Uint8Array<ArrayBuffer>): readonly Uint8Array[] {
  const copies: Uint8Array[] = [];
  Object.defineProperty(bytes, "slice", {
    value: (...part: number[]) => {
      const copy = Uint8Array.prototype.slice.apply(bytes, part);
      copies.push(copy);
      return copy;
    },
  });
  return copies;
}
