import type { Channel, Sighting } from "./Recorder.ts";
import { bytesOf, formsOf, type Secret } from "./secretForms.ts";

/** A place where a secret must be, for what the person does there. */
export interface Allowance {
  readonly secret: RegExp;
  readonly channel: Channel;
  readonly place: RegExp;
  /** At any time when left out. */
  readonly moment?: RegExp;
}

/** A secret that was found where it must not be. */
export interface Finding {
  readonly secret: string;
  readonly encoding: string;
  readonly channel: Channel;
  readonly place: string;
  readonly moment: string;
}

/** Looks for every secret, in every form, in all that was recorded. One finding per place. */
export function findSecrets(
  sightings: readonly Sighting[],
  secrets: readonly Secret[],
  allowed: readonly Allowance[],
): readonly Finding[] {
  const wanted = secrets.map((secret) => ({
    name: secret.name,
    forms: formsOf(secret),
    bytes: bytesOf(secret),
  }));
  const findings = new Map<string, Finding>();
  for (const sighting of sightings) {
    for (const { name, forms, bytes } of wanted) {
      const hit = search(sighting.content, forms, bytes);
      if (hit === null || isAllowed(name, sighting, allowed)) continue;
      const { channel, moment } = sighting;
      const place = sighting.place + hit.inside;
      const key = JSON.stringify([name, channel, place]);
      if (!findings.has(key))
        findings.set(key, { secret: name, encoding: hit.encoding, channel, place, moment });
    }
  }
  return [...findings.values()];
}

/** For a person who reads the failure: which secret, where, when. */
export function describeFinding(finding: Finding): string {
  const { secret, encoding, channel, place, moment } = finding;
  return `${secret} (${encoding}) in ${channel}: ${place}, first at "${moment}"`;
}

function search(
  content: string | Buffer,
  forms: ReturnType<typeof formsOf>,
  patterns: readonly Buffer[],
): { readonly encoding: string; readonly inside: string } | null {
  if (typeof content === "string") {
    const hit = forms.find(({ text }) => content.includes(text));
    if (hit !== undefined)
      return { encoding: hit.encoding, inside: insideOf(content, content.indexOf(hit.text)) };
    // Broken into groups or lines in another way than it was made.
    const spaceless = content.replaceAll(/\s|&nbsp;|%20/gu, "");
    const broken = forms.find(({ text }) => spaceless.includes(text));
    return broken === undefined ? null : { encoding: broken.encoding, inside: "" };
  }
  if (patterns.some((pattern) => content.includes(pattern))) {
    return { encoding: "bytes", inside: "" };
  }
  for (const { encoding, text } of forms) {
    if (content.includes(text)) return { encoding, inside: "" };
  }
  return null;
}

/** In markup, the tag and the attribute around a position, by name alone. */
function insideOf(content: string, at: number): string {
  if (!content.startsWith("<html")) return "";
  const before = content.slice(0, at);
  const tag = before.slice(before.lastIndexOf("<"));
  const name = /^<\/?([a-z0-9-]+)/u.exec(tag)?.[1] ?? "?";
  if (tag.includes(">")) return ` text after <${name}>`;
  const attribute = /([\w-]+)="[^"]*$/u.exec(tag)?.[1];
  return attribute === undefined ? ` <${name}>` : ` <${name} ${attribute}>`;
}

function isAllowed(secret: string, at: Sighting, allowed: readonly Allowance[]): boolean {
  return allowed.some(
    (rule) =>
      rule.secret.test(secret) &&
      rule.channel === at.channel &&
      rule.place.test(at.place) &&
      (rule.moment?.test(at.moment) ?? true),
  );
}
