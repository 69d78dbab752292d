import { describeManageAction, describeNothingToManage } from "@/copy/describeManage";
import { goTo } from "@/lib/route";
import { Button } from "@/ui/Button";
import { Card } from "@/ui/Card";
import styles from "./Manage.module.css";
import { manageRows, type DialogName, type ManageFacts, type ManageRow } from "./manageRows";

interface ManageListProps extends ManageFacts {
  isSwitching: boolean;
  onSwitch: () => void;
  onDialog: (name: DialogName) => void;
}

/** Each change with one sentence about it, what gives before what takes away. */
export function ManageList(props: ManageListProps) {
  const rows = manageRows(props);
  const absent = describeNothingToManage(props);
  return (
    <>
      <Rows title="Your backup" rows={rows.filter((row) => row.destructive !== true)} {...props} />
      <Rows
        title="What takes something away"
        rows={rows.filter((row) => row.destructive === true)}
        {...props}
      />
      {absent === null ? null : <p className={styles.quiet}>{absent}</p>}
    </>
  );
}

function Rows({
  title,
  rows,
  isSwitching,
  onSwitch,
  onDialog,
}: ManageListProps & { title: string; rows: readonly ManageRow[] }) {
  function press(row: ManageRow): void {
    switch (row.kind) {
      case "go":
        goTo(row.to);
        return;
      case "dialog":
        onDialog(row.dialog);
        return;
      case "switch":
        onSwitch();
    }
  }
  if (rows.length === 0) return null;
  return (
    <Card title={title}>
      <ul className={styles.actions}>
        {rows.map((row) => {
          const { name, body } = describeManageAction(row.action);
          return (
            // The switch stays the same button, which keeps the focus when it is turned.
            <li className={styles.action} key={row.kind === "switch" ? row.kind : row.action}>
              <p>{body}</p>
              <Button
                variant={row.destructive === true ? "destructive" : "secondary"}
                busy={row.kind === "switch" && isSwitching}
                onClick={() => press(row)}
              >
                {name}
              </Button>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
