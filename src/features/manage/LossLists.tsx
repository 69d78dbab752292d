import { endingWithTab, type Consequences } from "@/copy/describeRemoval";
import { useLiveSession } from "@/state/hooks";
import styles from "./Manage.module.css";

/** What goes and what stays, before anything does. */
export function LossLists({ consequences: given }: { consequences: Consequences }) {
  const { memoryOnly } = useLiveSession();
  const consequences = memoryOnly ? endingWithTab(given) : given;
  return (
    <div className={styles.lists}>
      <section data-testid="lost">
        <h3>What is lost</h3>
        <ul>
          {consequences.lost.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
      <section data-testid="kept">
        <h3>What is kept</h3>
        <ul>
          {consequences.kept.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
    </div>
  );
}
