import { hrefOf } from "@/lib/route";
import { useInvalidateKeyBackup, useLiveSession } from "@/state/hooks";
import { Card } from "@/ui/Card";
import { ExportKeys } from "./ExportKeys";
import { ImportKeys } from "./ImportKeys";
import styles from "./KeyFile.module.css";

/** Room keys to a file and from one. */
export function KeyFileScreen() {
  const { keyExport, user } = useLiveSession();
  const invalidate = useInvalidateKeyBackup();
  return (
    <div className={styles.page}>
      <h1 className={styles.heading} tabIndex={-1}>
        Key file
      </h1>
      <Card title="Export keys">
        <ExportKeys keyExport={keyExport} userId={user.userId} />
      </Card>
      <Card title="Import keys">
        <ImportKeys keyExport={keyExport} onImported={invalidate} />
      </Card>
      <p>
        <a href={hrefOf("overview")}>Back to the overview</a>
      </p>
    </div>
  );
}
