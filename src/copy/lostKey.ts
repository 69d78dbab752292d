/** For somebody who has neither the recovery key nor another device: what is left, and what it costs. */
export const LAST_WAY =
  "Without a recovery key and without a verified device nobody can open what is in the backup. It stays on the server, so a key that turns up later still opens it. To go on until then, you can reset your identity: your devices have to be verified again, and you get a new recovery key. The room keys on your devices stay.";

/** Who can still make a new recovery key. */
export const CHANGE_ELSEWHERE =
  "A device of yours that still opens the backup can also make a new recovery key, under “Manage”.";
