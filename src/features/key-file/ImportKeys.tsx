import { describeError } from "@/copy/describeError";
import { describeImport } from "@/copy/describeKeyFile";
import { formatNumber, formatRoomKeys } from "@/copy/formatNumber";
import { shortenText } from "@/copy/shortenText";
import type { AppError } from "@/domain/errors";
import type { KeyExportPort, KeyImportReport } from "@/domain/keyFile";
import { withoutThrowing } from "@/state/withoutThrowing";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { FileChoice } from "@/ui/FileChoice";
import { ProgressBar } from "@/ui/ProgressBar";
import { SecretField } from "@/ui/SecretField";
import { useEffect, useId, useRef, useState, type Ref } from "react";
import styles from "./KeyFile.module.css";

interface ImportKeysProps {
  keyExport: Pick<KeyExportPort, "import">;
  onImported: () => Promise<void>;
}

type Stage =
  | { readonly kind: "asking" }
  | { readonly kind: "working"; readonly done: number; readonly total: number | null }
  | { readonly kind: "imported"; readonly report: KeyImportReport }
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly error: AppError };

/** Takes a key file and its passphrase, and counts truthfully what came of it. */
export function ImportKeys({ keyExport, onImported }: ImportKeysProps) {
  const passphrase = useRef<HTMLInputElement>(null);
  const fileInput = useRef<HTMLInputElement>(null);
  const working = useRef<AbortController | null>(null);
  const [file, setFile] = useState<File | null>(null);
  const [fileProblem, setFileProblem] = useState(false);
  const [stage, setStage] = useState<Stage>({ kind: "asking" });
  useEffect(() => () => working.current?.abort(), []);

  async function submit(): Promise<void> {
    const field = passphrase.current;
    if (field === null || working.current !== null) return;
    setFileProblem(file === null);
    if (file === null) {
      fileInput.current?.focus();
      return;
    }
    const controller = new AbortController();
    working.current = controller;
    setStage({ kind: "working", done: 0, total: null });
    const { signal } = controller;
    const result = await withoutThrowing(() =>
      keyExport.import({
        file,
        passphrase: field.value,
        signal,
        onProgress: (done, total) => {
          if (!signal.aborted) setStage({ kind: "working", done, total });
        },
      }),
    );
    working.current = null;
    if (result.ok) {
      field.value = "";
      setStage({ kind: "imported", report: result.value });
    } else {
      setStage(signal.aborted ? { kind: "cancelled" } : { kind: "failed", error: result.error });
    }
    await onImported();
  }

  const isWorking = stage.kind === "working";
  const report = stage.kind === "imported" ? stage.report : null;
  return (
    <form
      className={styles.form}
      noValidate
      aria-busy={isWorking}
      data-testid="import-keys"
      data-stage={stage.kind}
      data-total={report?.total}
      data-added={report?.added}
      data-improved={report?.improved}
      data-already={report?.already}
      data-failed={report?.failed}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <p>
        Room keys from such a file. Where this device has a better copy of a key, that one stays.
        New keys are then uploaded to your backup, where one is in use.
      </p>
      <Outcome stage={stage} />
      <KeyFileChoice
        file={file}
        missing={fileProblem}
        inputRef={fileInput}
        onFile={(chosen) => {
          setFile(chosen);
          setFileProblem(false);
          setStage({ kind: "asking" });
        }}
      />
      <SecretField
        label="Passphrase of the file"
        name="key-file-passphrase-import"
        autoComplete="off"
        inputRef={passphrase}
      />
      <div className={styles.actions}>
        <Button type="submit" busy={isWorking}>
          Import keys
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

function KeyFileChoice({
  file,
  missing,
  inputRef,
  onFile,
}: {
  file: File | null;
  missing: boolean;
  inputRef: Ref<HTMLInputElement>;
  onFile: (file: File) => void;
}) {
  const id = useId();
  return (
    <div className={styles.choice}>
      <p className={styles.choiceLabel} id={id}>
        Key file
      </p>
      <div className={styles.chosen}>
        <FileChoice
          labelledBy={id}
          problem={missing ? `${id}-problem` : undefined}
          inputRef={inputRef}
          onFile={onFile}
        >
          Choose file
        </FileChoice>
        <output>
          {file === null ? "None chosen yet" : <bdi>{shortenText(file.name, 80)}</bdi>}
        </output>
      </div>
      {missing && file === null ? (
        <p id={`${id}-problem`} className={styles.problem} role="alert">
          Choose the file first.
        </p>
      ) : null}
    </div>
  );
}

function Outcome({ stage }: { stage: Stage }) {
  switch (stage.kind) {
    case "asking":
      return null;
    case "working":
      return (
        <ProgressBar
          label="Importing keys"
          value={stage.total === null ? null : stage.done}
          max={stage.total ?? 1}
          valueText={
            stage.total === null
              ? "Opening the file…"
              : `${formatNumber(stage.done)} of ${formatRoomKeys(stage.total)}`
          }
        />
      );
    case "imported":
      return (
        <Alert
          tone={stage.report.failed === 0 ? "success" : "warning"}
          title={describeImport(stage.report)}
          testId="keys-imported"
        >
          <p>
            Counted by what the key store held before and after. Who made a key in a file is not
            proven by it.
          </p>
        </Alert>
      );
    case "cancelled":
      return (
        <Alert tone="info" title="The import was cancelled">
          <p>Keys that were imported up to then stay. Importing the file again brings the rest.</p>
        </Alert>
      );
    case "failed": {
      const { title, body } = describeError(stage.error);
      return (
        <Alert tone="critical" title={title} code={stage.error.kind}>
          <p>{body}</p>
        </Alert>
      );
    }
  }
}
