/** Where something was seen. */
export type Channel =
  | "console"
  | "network"
  | "DOM"
  | "field"
  | "history"
  | "storage"
  | "React"
  | "message"
  | "download"
  | "disk";

/** Something a recorder took down. */
export interface Sighting {
  readonly channel: Channel;
  /** Within the channel: which request, which database, which element. No secrets. */
  readonly place: string;
  /** What the person was doing when it was first seen there. */
  readonly moment: string;
  readonly content: string | Buffer;
}

/** Takes down whatever a browser gives away, once per place. It judges nothing. */
export class Recorder {
  readonly #sightings: Sighting[] = [];
  readonly #known = new Map<string, Set<string>>();
  readonly #pending = new Set<Promise<void>>();
  #moment = "the start";

  get sightings(): readonly Sighting[] {
    return this.#sightings;
  }

  get moment(): string {
    return this.#moment;
  }

  /** Names what happens from now on. */
  at(moment: string): void {
    this.#moment = moment;
  }

  /** Something is still being read; what cannot be read any more is left. */
  pend(work: Promise<void>): void {
    const reading = work
      .catch(() => undefined)
      .finally(() => {
        this.#pending.delete(reading);
      });
    this.#pending.add(reading);
  }

  /** Resolves when all that was seen so far has been taken down. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  note(channel: Channel, place: string, content: string | Buffer): void {
    if (content.length === 0) return;
    const where = `${channel} ${place}`;
    const known = this.#known.get(where) ?? new Set();
    this.#known.set(where, known);
    const key = typeof content === "string" ? content : content.toString("base64");
    if (known.has(key)) return;
    known.add(key);
    this.#sightings.push({ channel, place, moment: this.#moment, content });
  }
}
