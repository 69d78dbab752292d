import { describeError } from "@/copy/describeError";
import { describePassphrase } from "@/copy/describeKeyFile";
import { formatRoomKeys } from "@/copy/formatNumber";
import type { AppError } from "@/domain/errors";
import { type KeyExportPort, SHORTEST_PASSPHRASE } from "@/domain/keyFile";
import { withoutThrowing } from "@/state/withoutThrowing";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { SecretField } from "@/ui/SecretField";
import { useEffect, useRef, useState } from "react";
import styles from "./KeyFile.module.css";
import { saveFile } from "./saveFile";

interface ExportKeysProps {
  keyExport: Pick<KeyExportPort, "export">;
  userId: string;
}

type Stage =
  | { readonly kind: "asking" }
  | { readonly kind: "working" }
  | { readonly kind: "saved"; readonly count: number; readonly name: string }
  | { readonly kind: "failed"; readonly error: AppError };

/** Asks for a passphrase twice, and hands the encrypted file to the browser. */
export function ExportKeys({ keyExport, userId }: ExportKeysProps) {
  const passphrase = useRef<HTMLInputElement>(null);
  const again = useRef<HTMLInputElement>(null);
  const working = useRef<AbortController | null>(null);
  const [stage, setStage] = useState<Stage>({ kind: "asking" });
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => () => working.current?.abort(), []);

  async function submit(): Promise<void> {
    const [first, second] = [passphrase.current, again.current];
    if (first === null || second === null || working.current !== null) return;
    const wrong = describePassphrase(first.value, second.value, SHORTEST_PASSPHRASE);
    setProblem(wrong);
    if (wrong !== null) {
      (first.value.length < SHORTEST_PASSPHRASE ? first : second).focus();
      return;
    }
    const controller = new AbortController();
    working.current = controller;
    setStage({ kind: "working" });
    const { signal } = controller;
    const result = await withoutThrowing(() =>
      keyExport.export({ passphrase: first.value, signal }),
    );
    working.current = null;
    if (signal.aborted) {
      setStage({ kind: "asking" });
      return;
    }
    if (!result.ok) {
      setStage({ kind: "failed", error: result.error });
      return;
    }
    const name = fileName(userId, new Date());
    saveFile(result.value.file, name);
    first.value = "";
    second.value = "";
    setStage({ kind: "saved", count: result.value.count, name });
  }

  const isWorking = stage.kind === "working";
  return (
    <form
      className={styles.form}
      noValidate
      aria-busy={isWorking}
      data-testid="export-keys"
      data-stage={stage.kind}
      data-count={stage.kind === "saved" ? stage.count : undefined}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <p>
        All room keys of this device in one encrypted file, as Element and other Matrix apps read
        it. It is made here and sent nowhere. Whoever has the file and its passphrase can read your
        messages; without the passphrase it is of no use, not to you either.
      </p>
      <Outcome stage={stage} />
      <SecretField
        label="Passphrase for the file"
        name="key-file-passphrase"
        autoComplete="new-password"
        inputRef={passphrase}
        onChange={() => setProblem(null)}
        error={problem}
      />
      <SecretField
        label="Passphrase once more"
        name="key-file-passphrase-again"
        autoComplete="new-password"
        inputRef={again}
        onChange={() => setProblem(null)}
      />
      <div className={styles.actions}>
        <Button type="submit" busy={isWorking}>
          Export keys
        </Button>
        {isWorking ? (
          <Button variant="secondary" onClick={() => working.current?.abort()}>
            Cancel
          </Button>
        ) : null}
      </div>
    </form>
  );
}

function Outcome({ stage }: { stage: Stage }) {
  if (stage.kind === "saved") {
    return (
      <Alert
        tone="success"
        title={`The file with ${formatRoomKeys(stage.count)} was handed to your browser`}
        testId="keys-exported"
      >
        <p>
          It is called <bdi>{stage.name}</bdi>. Look that it is in your downloads before you rely on
          it, and keep its passphrase somewhere else.
        </p>
      </Alert>
    );
  }
  if (stage.kind !== "failed") return null;
  const { title, body } = describeError(stage.error);
  return (
    <Alert tone="critical" title={title} code={stage.error.kind}>
      <p>{body}</p>
    </Alert>
  );
}

/** As a file system takes it: "room-keys-alice-2026-11-26.txt". */
function fileName(userId: string, today: Date): string {
  const person = userId
    .replace(/^@/, "")
    .replace(/:.*$/, "")
    .replaceAll(/[^\w.-]+/g, "_");
  return `room-keys-${person}-${today.toISOString().slice(0, 10)}.txt`;
}
