import type { Tally } from "../figures/tally.ts";

/** What a process of clients can be asked: open, then one of the two ways to load, then end. */
export interface ClientMethods {
  /** Opens a connection for each token; one that is refused is not tried again. */
  open(argument: OpenPlan): Promise<Opened>;
  /** Sends what falls due in a time. Resolves when all of it is sent. */
  pace(argument: PacePlan): Promise<Paced>;
  /** Sends so many, evenly mixed, as fast as they are answered or acknowledged. Resolves when the last is. */
  fill(argument: FillPlan): Promise<void>;
  /** Resolves when all that was sent has come to its end, or nothing has come for as long as is waited. */
  drain(argument: { readonly silenceMs: number }): Promise<void>;
  /** What became of it all, counted by id. Closes the connections. */
  finish(argument: object): Promise<Finished>;
}

export interface OpenPlan {
  readonly url: string;
  readonly tokens: readonly string[];
  /** Upgrades under way at a time. */
  readonly atATime: number;
  /** Before each request's id: unique for the run. */
  readonly prefix: string;
  readonly ledger: string;
}

export interface Opened {
  readonly opened: number;
  readonly refused: number;
}

export interface PacePlan {
  readonly forMs: number;
  /** Of each connection; 0 sends none of the kind. The first comes after a random part of it. */
  readonly echoEveryMs: number;
  readonly workEveryMs: number;
  /** Neither answered nor acknowledged at a time, of the whole process: what is due beyond it waits. */
  readonly atATime: number;
}

export interface Paced {
  /** How late the latest was sent. */
  readonly latestMs: number;
}

export interface FillPlan {
  readonly works: number;
  readonly echoes: number;
  /** Neither answered nor acknowledged at a time, of the whole process. */
  readonly atATime: number;
}

export interface Finished {
  readonly tally: Tally;
  readonly cpuSeconds: number;
  /** Connections that closed before they were closed from here. */
  readonly dropped: number;
}
