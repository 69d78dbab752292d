import { useState } from "react";
import type { AppError } from "@/domain/errors";
import type { Result } from "@/domain/result";
import type { VerificationFlow, VerificationMethods } from "@/domain/verification";
import { Button } from "@/ui/Button";
import { ActionButton } from "./ActionButton";
import { DeviceName } from "./DeviceName";
import { QrCode } from "./QrCode";
import { ScanCode } from "./ScanCode";
import { Step } from "./Step";
import styles from "./Verify.module.css";

interface ChooseStepProps {
  flow: VerificationFlow;
  methods: VerificationMethods;
  readCode: () => Promise<Result<Uint8Array | null, AppError>>;
  onScanned: (code: Uint8Array) => Promise<Result<void, AppError>>;
  onEmoji: () => Promise<unknown>;
  onCancel: () => Promise<unknown>;
}

/** Both devices are ready: by code, either way, or by emoji. The other side may choose as well. */
export function ChooseStep(props: ChooseStepProps) {
  const { flow, methods, readCode, onScanned, onEmoji, onCancel } = props;
  const [scanning, setScanning] = useState(false);
  return (
    <Step
      title="Both devices are ready"
      actions={
        <ActionButton variant="secondary" action={onCancel}>
          Cancel
        </ActionButton>
      }
    >
      <p>
        Connected with <DeviceName device={flow.other} />. Choose one way; the other device follows.
      </p>
      <div className={styles.ways}>
        {methods.showCode ? <QrCode readCode={readCode} /> : null}
        {methods.scanCode ? (
          <div className={styles.way}>
            <h3>Scan the other device’s code</h3>
            {scanning ? (
              <ScanCode onScanned={onScanned} onClose={() => setScanning(false)} />
            ) : (
              <>
                <p>Hold the code that the other device shows before this device’s camera.</p>
                <div className={styles.actions}>
                  <Button variant="secondary" onClick={() => setScanning(true)}>
                    Scan code
                  </Button>
                </div>
              </>
            )}
          </div>
        ) : null}
        {methods.emoji ? (
          <div className={styles.way}>
            <h3>Compare emoji</h3>
            <p>Both devices show the same seven emoji. No camera is needed.</p>
            <div className={styles.actions}>
              <ActionButton variant="secondary" action={onEmoji}>
                Compare emoji
              </ActionButton>
            </div>
          </div>
        ) : null}
      </div>
    </Step>
  );
}
