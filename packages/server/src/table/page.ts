/** One page of a list and where the next begins. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Opaque. Absent on the last page. */
  readonly cursor: string | undefined;
}

export interface PageOptions {
  /** Default 50. */
  readonly limit?: number;
  readonly cursor?: string | undefined;
}

/** A place in a list that is ordered by creation: just at a request. */
export interface CreatedAt {
  /** Ms since 1970. */
  readonly createdAt: number;
  readonly requestId: string;
}

/** A part of a list of requests by their creation. Times in ms since 1970. */
export interface CreatedRange {
  /** Created at this time or later. Default: all. */
  readonly from?: number | undefined;
  /** Created before this time. Default: all. */
  readonly before?: number | undefined;
  /** Listed after this one: in a list of the newest first, older ones. */
  readonly after?: CreatedAt | undefined;
  /** How many keys are read. */
  readonly limit: number;
}

/** Requests of a range, and where it was read up to: requests that have expired are read and not given. */
export interface CreatedPage<Item> {
  readonly items: readonly Item[];
  /** `undefined` when the range has no more. */
  readonly readTo: CreatedAt | undefined;
}

export const DEFAULT_PAGE_LIMIT = 50;
