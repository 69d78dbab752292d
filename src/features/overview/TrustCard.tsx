import { describeDecryptionKey, describeSignature, type FactWords } from "@/copy/describeBackup";
import { lastValue } from "@/domain/reading";
import type { KeyBackupOverview } from "@/state/hooks";
import { Badge } from "@/ui/Badge";
import { Card } from "@/ui/Card";
import styles from "./Overview.module.css";

/**
 * The two trust facts side by side. Either alone lets a backup be used, so neither may hide the
 * other. Left out where the server has no backup to trust.
 */
export function TrustCard({ overview }: { overview: KeyBackupOverview }) {
  const { backup, trust } = overview;
  if (lastValue(backup) === null) return null;
  const known = lastValue(trust);
  // Trust in a backup that could not be looked up again is an old fact, too.
  const fresh = backup.status === "known" && trust.status === "known" ? trust.value : null;
  return (
    <div
      data-testid="backup-trust"
      data-signature={fresh?.signature ?? "unknown"}
      data-key={fresh?.key}
    >
      <Card title="Can it be trusted?">
        <div className={`${styles.pair} ${fresh === null ? styles.stale : ""}`}>
          <TrustFact
            title="Signature"
            words={known === undefined ? null : describeSignature(known.signature)}
            failed={trust.status === "failed"}
          />
          <TrustFact
            title="Decryption key"
            words={known === undefined ? null : describeDecryptionKey(known.key)}
            failed={trust.status === "failed"}
          />
        </div>
      </Card>
    </div>
  );
}

interface TrustFactProps {
  title: string;
  words: FactWords | null;
  failed: boolean;
}

function TrustFact({ title, words, failed }: TrustFactProps) {
  return (
    <div className={styles.trustFact}>
      <h3>{title}</h3>
      {words === null ? (
        <p className={styles.quiet}>{failed ? "Could not be checked." : "Checking…"}</p>
      ) : (
        <>
          <Badge tone={words.tone}>{words.badge}</Badge>
          <p>{words.body}</p>
        </>
      )}
    </div>
  );
}
