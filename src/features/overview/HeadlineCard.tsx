import { describeDeviceState, type DeviceStateContext } from "@/copy/describeDeviceState";
import { describeReplaced } from "@/copy/describeNotice";
import { describeFinding, describeUnknown, findingTitle } from "@/copy/describeFinding";
import type { AppError } from "@/domain/errors";
import type { Finding } from "@/domain/deviceState";
import { lastValue } from "@/domain/reading";
import { goTo } from "@/lib/route";
import type { KeyBackupOverview } from "@/state/hooks";
import { Button } from "@/ui/Button";
import { Spinner } from "@/ui/Spinner";
import { useRef } from "react";
import CheckCircleIcon from "@vector-im/compound-design-tokens/assets/web/icons/check-circle-solid";
import HelpIcon from "@vector-im/compound-design-tokens/assets/web/icons/help-solid";
import InfoIcon from "@vector-im/compound-design-tokens/assets/web/icons/info-solid";
import KeyIcon from "@vector-im/compound-design-tokens/assets/web/icons/key-solid";
import WarningIcon from "@vector-im/compound-design-tokens/assets/web/icons/warning";
import { type DeviceStateAction, deviceStateAction, otherWay } from "./deviceStateAction";
import { isAgreed, toneOf, type HeadlineTone } from "./headlineTone";
import { noticeInHeadline } from "./noticeInHeadline";
import styles from "./Overview.module.css";
import { TurnOn } from "./TurnOn";

interface HeadlineCardProps {
  overview: KeyBackupOverview;
  onRestore: () => void;
  onTurnOn: () => Promise<AppError | null>;
}

/** The one sentence about this device, with the one thing to do. */
export function HeadlineCard({ overview, onRestore, onTurnOn }: HeadlineCardProps) {
  const { findings, checking, checkAgain } = overview;
  const [headline] = findings;
  const heading = useRef<HTMLHeadingElement>(null);

  async function turnOn(): Promise<AppError | null> {
    const error = await onTurnOn();
    // Its button goes away with the state it was for.
    if (error === null) heading.current?.focus();
    return error;
  }

  const { state } = headline;
  const unknown = findings.filter((finding) => finding.state === "unknown");
  const others = findings.filter(
    (finding) => finding !== headline && !["ok", "checking", "unknown"].includes(finding.state),
  );
  const backup = overview.backup.status === "known" ? overview.backup.value : null;
  const context: DeviceStateContext = {
    version: backup?.version ?? null,
    count: backup?.count ?? null,
    held: lastValue(overview.roomKeys)?.total ?? null,
    pending: overview.pendingKeys,
    knownBefore: lastValue(overview.backup) !== undefined,
    agreed: isAgreed(overview),
  };
  const notice = noticeInHeadline(overview);
  const { title, body } =
    notice === null ? describeDeviceState(headline, context) : describeReplaced(notice);
  const tone = toneOf(state, context);
  const detail = state === "unknown" ? describeUnknown(unknown) : describeFinding(headline);
  return (
    <section
      className={`${styles.headline} ${styles[tone]}`}
      data-testid="device-state"
      data-state={state}
      aria-labelledby="headline"
    >
      <StateIcon tone={tone} />
      <div className={styles.headlineText}>
        <h1 id="headline" tabIndex={-1} ref={heading}>
          {title}
        </h1>
        <p>{body}</p>
        {detail === null ? null : <p>{detail}</p>}
        {notice === null ? (
          <Action finding={headline} {...{ checking, checkAgain, onRestore }} onTurnOn={turnOn} />
        ) : (
          <div data-testid="backup-notice" data-kind={notice.kind} className={styles.actions}>
            <Button onClick={() => goTo("unlock")}>Enter recovery key</Button>
            <Button variant="secondary" onClick={() => goTo("verify")}>
              Verify with another device
            </Button>
            <Button variant="secondary" onClick={() => goTo("changed")}>
              It was not me
            </Button>
          </div>
        )}
        <OtherFindings findings={others} unknown={state === "unknown" ? [] : unknown} />
      </div>
    </section>
  );
}

interface ActionProps {
  finding: Finding;
  checking: boolean;
  checkAgain: () => void;
  onRestore: () => void;
  onTurnOn: () => Promise<AppError | null>;
}

function Action({ finding, checking, checkAgain, onRestore, onTurnOn }: ActionProps) {
  const action = deviceStateAction(finding);
  switch (action.kind) {
    case "go":
      return (
        <div className={styles.actions}>
          <Button onClick={() => goTo(action.to)}>{action.label}</Button>
          <OtherWay action={otherWay(finding)} />
        </div>
      );
    case "restore":
      return (
        <div className={styles.actions}>
          <Button onClick={onRestore}>{action.label}</Button>
        </div>
      );
    case "check":
      return (
        <div className={styles.actions}>
          <Button busy={checking} onClick={checkAgain}>
            {action.label}
          </Button>
        </div>
      );
    case "turn_on":
      return (
        <div className={styles.actions}>
          <TurnOn label={action.label} onTurnOn={onTurnOn} />
          <OtherWay action={otherWay(finding)} />
        </div>
      );
    case "none":
      return null;
  }
}

function OtherWay({ action }: { action: DeviceStateAction }) {
  if (action.kind !== "go") return null;
  return (
    <Button variant="secondary" onClick={() => goTo(action.to)}>
      {action.label}
    </Button>
  );
}

interface OtherFindingsProps {
  findings: readonly Finding[];
  /** What could not be checked: one line for all of it. */
  unknown: Parameters<typeof describeUnknown>[0];
}

function OtherFindings({ findings, unknown }: OtherFindingsProps) {
  if (findings.length === 0 && unknown.length === 0) return null;
  return (
    <div className={styles.others}>
      <h2>Also found</h2>
      <ul>
        {findings.map((finding) => {
          const detail = describeFinding(finding);
          return (
            <li key={`${finding.state} ${detail ?? ""}`}>
              {findingTitle(finding)}
              {detail === null ? "." : `: ${detail}`}
            </li>
          );
        })}
        {unknown.length === 0 ? null : (
          <li>Could not check everything: {describeUnknown(unknown)}</li>
        )}
      </ul>
    </div>
  );
}

function StateIcon({ tone }: { tone: HeadlineTone }) {
  if (tone === "busy") {
    return (
      <span className={styles.stateIcon}>
        <Spinner />
      </span>
    );
  }
  const Icon = {
    good: CheckCircleIcon,
    todo: KeyIcon,
    bad: WarningIcon,
    neutral: InfoIcon,
    unknown: HelpIcon,
  }[tone];
  return <Icon className={styles.stateIcon} aria-hidden="true" />;
}
