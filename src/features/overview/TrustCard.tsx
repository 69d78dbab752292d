import { describeDecryptionKey, describeSignature, type FactWords } from "@/copy/describeBackup";
import { keyTestBadge, keyTestDoubt } from "@/copy/describeKeyTest";
import { unsupportedReason } from "@/domain/backupState";
import { lastValue } from "@/domain/reading";
import { hrefOf } from "@/lib/route";
import type { KeyBackupOverview } from "@/state/hooks";
import { Badge } from "@/ui/Badge";
import { Card } from "@/ui/Card";
import styles from "./Overview.module.css";
import { RelativeTime } from "./RelativeTime";

/**
 * The two trust facts side by side. Either alone lets a backup be used, so neither may hide the
 * other. Left out where the server has no backup to trust.
 */
export function TrustCard({ overview }: { overview: KeyBackupOverview }) {
  const { backup, trust } = overview;
  const info = lastValue(backup);
  if (info === null) return null;
  const missing =
    info !== undefined && unsupportedReason(info) !== null
      ? "Not checked, because this kind of backup is not known here."
      : trust.status === "failed" || backup.status === "failed"
        ? "Could not be checked."
        : "Checking…";
  const known = lastValue(trust);
  // Where that is not known the stronger words stay.
  const isVerified = lastValue(overview.crossSigning)?.deviceVerified !== false;
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
            words={known === undefined ? null : describeSignature(known.signature, isVerified)}
            missing={missing}
          />
          <TrustFact
            title="Decryption key"
            words={known === undefined ? null : describeDecryptionKey(known.key)}
            missing={missing}
          />
        </div>
        <KeyTested overview={overview} />
      </Card>
    </div>
  );
}

/** A backup is worth what the saved key is worth: when that was last proven, and the way to do it. */
function KeyTested({ overview }: { overview: KeyBackupOverview }) {
  const { lastKeyTest: test, doubtedKeyTest: doubted } = overview;
  const storage = lastValue(overview.secretStorage);
  // Where nothing is stored for it there is no recovery key to ask about.
  if (storage?.defaultKey === "absent" && storage.underOtherKey !== true) return null;
  return (
    <p>
      {doubted !== null ? (
        <>
          A saved key was last tested <RelativeTime at={doubted.test.at} />, but{" "}
          {keyTestDoubt(doubted.why)}. Test it again:{" "}
        </>
      ) : test === null ? (
        "Does the recovery key that you saved still open it? "
      ) : (
        <>
          Your saved key was last tested <RelativeTime at={test.at} />: {keyTestBadge(test.result)}
          .{" "}
        </>
      )}
      <a href={hrefOf("test-key")}>Test recovery key</a>
    </p>
  );
}

interface TrustFactProps {
  title: string;
  words: FactWords | null;
  /** What stands there while there are no words. */
  missing: string;
}

function TrustFact({ title, words, missing }: TrustFactProps) {
  return (
    <div className={styles.trustFact}>
      <h3>{title}</h3>
      {words === null ? (
        <p className={styles.quiet}>{missing}</p>
      ) : (
        <>
          <Badge tone={words.tone}>{words.badge}</Badge>
          <p>{words.body}</p>
        </>
      )}
    </div>
  );
}
