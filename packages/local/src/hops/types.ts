import type { ChaosChange, ChaosView, ConsoleEvent, FlowView, Hop, HopName } from "../console/contract.ts";

/** Which request. The tenant is unknown of what comes on a connection that the run did not see open. */
export interface HopRef {
  readonly tenantId?: string | undefined;
  readonly requestId: string;
}

/** A hop as its seam tells it. Never a payload, a result, or a message of a client's. */
export interface NewHop extends HopRef {
  readonly action?: string | undefined;
  readonly hop: HopName;
  readonly what: string;
  /** Ms since 1970. Default: now. */
  readonly at?: number | undefined;
  /** How long it lasted, in ms. */
  readonly durationMs?: number | undefined;
  /** Time since the hop before it, in ms, for the hop's percentiles. Default: it counts for none. */
  readonly latencyMs?: number | undefined;
  readonly attempt?: number | undefined;
  readonly trouble?: string | undefined;
}

/** A request that ended, or that changed in a way that a person wants to know of: `retrying`, or `pending` again by a redrive. */
export interface RequestChange extends HopRef {
  /** Ms since 1970. */
  readonly at: number;
  readonly action: string;
  readonly userId: string | undefined;
  /** `refused`: it was never taken, and `code` says why. */
  readonly status: "completed" | "failed" | "cancelled" | "retrying" | "pending" | "refused";
  /** Since its creation, in ms. */
  readonly durationMs?: number | undefined;
  /** 0 of one that was answered at once, without a worker. */
  readonly attempts: number;
  /** The code that the client was given. */
  readonly code?: string | undefined;
}

/** What the recorder tells at once: a part of what the console's stream carries. */
export type HopsEvent = Extract<ConsoleEvent, { readonly type: "request" | "hop" | "connections" }>;

/** What only the running parts know. */
export interface FlowGauges {
  readonly connections: number;
  readonly queues: FlowView["queues"];
}

/** What happened to the requests of this run, as the stack saw it: for the console and the terminal, kept in memory only. */
export interface Hops {
  record(hop: NewHop): void;
  /** A hop's time since the one before it, known only after it was recorded. */
  measured(hop: HopName, latencyMs: number): void;
  /** Tells listeners what is no hop. */
  tell(event: HopsEvent): void;
  /** Counts, and tells those who print lines. */
  change(change: RequestChange): void;
  /** A request was taken: counts as submitted. */
  submitted(): void;
  /** Something of the hop began; call what it gives when it has ended. Counts as in flight meanwhile. */
  enter(hop: HopName): () => void;
  /** The hops of a request by time; none of an unknown one, or one that was forgotten. */
  timelineOf(tenantId: string | undefined, requestId: string): readonly Hop[];
  flow(gauges: FlowGauges): FlowView;
  /** @returns takes the listener away. What a listener throws is none of the stack's business. */
  subscribe(listener: (event: HopsEvent) => void): () => void;
  onChange(listener: (change: RequestChange) => void): () => void;
}

/** What a person may do to a running stack, and see of it: the console's ways in. */
export interface StackControls {
  readonly hops: Pick<Hops, "timelineOf" | "subscribe" | "onChange">;
  /** Reads the queues' depths: some ms. */
  flow(): Promise<FlowView>;
  /**
   * Ends the process that works on the request, as a crash. Its lease must end before another may work on it; the sweeper then runs at once, and
   * not at the next minute. False when nobody works on it.
   */
  killWorker(tenantId: string, requestId: string): boolean;
  /** Cuts a connection's socket without a close frame. False when it has none. */
  dropConnection(connectionId: string): boolean;
  /** Ids of the connections whose socket the gateway has. */
  openConnections(): ReadonlySet<string>;
  /** Whether chaos is on, at which rates, and the faults so far. */
  chaosView(): ChaosView;
  /**
   * Chaos on, off, or at other rates: only the rates that are named change. Its first switching on, in a stack that was started without,
   * gives the functions other addresses to call: their next sandboxes use those.
   *
   * @throws {RangeError} for a rate outside 0 to 1, or of no known fault: nothing is changed then.
   */
  changeChaos(change: ChaosChange): Promise<ChaosView>;
}
