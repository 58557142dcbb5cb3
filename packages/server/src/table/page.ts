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

export const DEFAULT_PAGE_LIMIT = 50;
