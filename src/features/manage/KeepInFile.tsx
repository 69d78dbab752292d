import { hrefOf } from "@/lib/route";

/** What is on this device can be kept in a file, whatever becomes of the server. */
export function KeepInFile() {
  return (
    <p>
      You can also <a href={hrefOf("key-file")}>keep the room keys of this device in a file</a>{" "}
      first.
    </p>
  );
}
