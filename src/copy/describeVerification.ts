import type { OwnDevice, VerificationEnding, VerificationFlow } from "@/domain/verification";
import { shortenText } from "./shortenText";

/** Longer than any name a client gives by itself. */
const NAME_LIMIT = 48;

/** What to call a device: its name, or its id. Untrusted text: show it inside `<bdi>`. */
export function deviceLabel({ name, deviceId }: Pick<OwnDevice, "name" | "deviceId">): string {
  return shortenText(name ?? deviceId, NAME_LIMIT);
}

/** Why a device cannot help; null for one that can. */
export function describeStanding(standing: OwnDevice["standing"]): string | null {
  switch (standing) {
    case "verified":
      return null;
    case "unverified":
      return "Not verified, so it holds none of the keys";
    case "no_encryption":
      return "Has no encryption keys";
    case "dehydrated":
      return "Only a stand-in on the server for times when you are offline";
  }
}

/** Why nobody can be asked, for a person who wants to verify this device. */
export function describeNoHelper(
  others: readonly OwnDevice[],
  hasRecoveryKey: boolean,
): { title: string; body: string } {
  const people = others.filter(({ standing }) => standing !== "dehydrated");
  if (people.length === 0) {
    return {
      title: "You are not signed in on any other device",
      body: hasRecoveryKey
        ? "Verifying needs a second device that is verified already. Your recovery key does the same without one."
        : "Verifying needs a second device that is verified already, and no recovery key of your account is known. If you have such a device, sign in there.",
    };
  }
  return {
    title: "None of your other devices is verified",
    body: hasRecoveryKey
      ? "Only a verified device holds the keys, so these cannot help. Use your recovery key here, or verify one of them with it first."
      : "Only a verified device holds the keys, so these cannot help, and no recovery key of your account is known.",
  };
}

/** The end of a verification: what happened, what is safe, what to do. */
export function describeEnding(
  ending: VerificationEnding,
  flow: VerificationFlow | null,
): { title: string; body: string; tone: "critical" | "warning" | "info" } {
  const again =
    flow === null || flow.startedHere ? "You can try again." : "It can be started again.";
  switch (ending.reason) {
    case "cancelled_here":
      return {
        tone: "info",
        title: "You cancelled the verification",
        body: `Nothing was changed. ${again}`,
      };
    case "cancelled_there":
      return {
        tone: "info",
        title: "The other device cancelled the verification",
        body: `Nothing was changed. If that was not you, do not go on before you know who it was. ${again}`,
      };
    case "timed_out":
      return {
        tone: "info",
        title: "The verification took too long",
        body: `It ends by itself after ten minutes. Nothing was changed. Have both devices at hand and the app open on them. If the request never shows there, look whether the clocks of both are right. ${again}`,
      };
    case "mismatch":
      return {
        tone: "critical",
        title: "The two devices did not show the same",
        body: "Something may be listening between them, or it was not your device. Nothing was trusted and no key was sent. Check that you compared with the right device. If you did, do not enter your recovery key here before you are sure of this homeserver and of the network you are on.",
      };
    case "accepted_elsewhere":
      return {
        tone: "info",
        title: "Another of your devices has taken the request",
        body: "The verification goes on there. There is nothing left to do here.",
      };
    case "unsupported":
      return {
        tone: "warning",
        title: "The two devices have no way to verify each other",
        body: "The app on the other device supports neither emoji nor QR codes with this one. Nothing was changed. Use another device, or your recovery key.",
      };
    case "crossed":
      return {
        tone: "info",
        title: "Both devices asked at the same time",
        body: "Two requests end each other. Nothing was changed. Start again on one of the two devices, and accept on the other.",
      };
    case "failed":
      return {
        tone: "warning",
        title: "The verification broke off",
        body: `${codeWords(ending.code)}Nothing was changed, and no key was sent. ${again}`,
      };
  }
}

function codeWords(code: string | null): string {
  return code === null ? "" : `The other device says: ${shortenText(code, 60)}. `;
}
