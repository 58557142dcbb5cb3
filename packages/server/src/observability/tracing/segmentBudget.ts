/** What stands in a tree of segments, as far as it is looked at. */
interface Node {
  readonly parent?: Node;
  addAnnotation?(name: string, value: number): void;
}

/** Bounds what one invocation records. */
export interface SegmentBudget {
  /** Whether one more may be recorded under this one. */
  take(parent: object): boolean;
  /** Says on an invocation's own segment, when it ends, how many were left out. */
  close(subsegment: object): void;
}

/**
 * Repeated segments of one invocation. X-Ray keeps 500 KB of a trace at most, and a segment of ours takes up to 1 KB; a report of ten
 * minutes flushes thousands of times.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/xray.html
 */
export const MAX_REPEATED_SEGMENTS = 250;

export function createSegmentBudget(limit = MAX_REPEATED_SEGMENTS): SegmentBudget {
  const asked = new WeakMap<object, number>();
  return {
    take(parent) {
      const root = rootOf(parent);
      // Under Lambda's own, which stays from one invocation to the next.
      if (root.parent === undefined) return true;
      const count = (asked.get(root) ?? 0) + 1;
      asked.set(root, count);
      return count <= limit;
    },
    close(subsegment) {
      const count = asked.get(subsegment) ?? 0;
      if (count > limit) (subsegment as Node).addAnnotation?.("segments_left_out", count - limit);
    },
  };
}

/** The invocation's own: the topmost that is ours, under Lambda's, which lives as long as the sandbox. */
function rootOf(node: Node): Node {
  let root = node;
  while (root.parent?.parent !== undefined) root = root.parent;
  return root;
}
