import type { SegmentDocument } from "./daemon.ts";

/** Segments of one name under one parent: of a step that is taken several times one line is drawn. */
export interface TraceNode {
  /** The step, or the service and its operation. */
  readonly label: string;
  readonly times: number;
  /** Of all of them together. */
  readonly durationMs: number;
  readonly annotations: readonly string[];
  readonly children: readonly TraceNode[];
}

/** What each function traced, in the order in which they began. Those of one name are one. */
export function traceTree(segments: readonly SegmentDocument[]): readonly TraceNode[] {
  const ids = new Set(segments.map(({ id }) => id));
  const children = Map.groupBy(segments, ({ parent_id: parent }) => (ids.has(parent) ? parent : ""));
  const nodesOf = (some: readonly SegmentDocument[]): readonly TraceNode[] => {
    const inOrder = some.toSorted((a, b) => a.start_time - b.start_time);
    return [...Map.groupBy(inOrder, labelOf)].map(([label, same]) => ({
      label,
      times: same.length,
      durationMs: same.reduce((sum, one) => sum + one.end_time - one.start_time, 0) * 1000,
      annotations: [...new Set(same.flatMap((one) => Object.keys(one.annotations ?? {})))],
      children: nodesOf(same.flatMap(({ id }) => children.get(id) ?? [])),
    }));
  };
  return nodesOf(children.get("") ?? []);
}

/** The tree as text: a line for each node, with what it took. */
export function drawTree(roots: readonly TraceNode[]): string {
  const rows: (readonly [string, string, string])[] = [];
  const draw = (node: TraceNode, before: string, branch: string, below: string): void => {
    const label = node.times === 1 ? node.label : `${node.label} × ${node.times}`;
    rows.push([`${before}${branch}${label}`, `${node.durationMs.toFixed(0)} ms`, node.annotations.join(", ")]);
    for (const [index, child] of node.children.entries()) {
      const last = index === node.children.length - 1;
      draw(child, `${before}${below}`, last ? "└─ " : "├─ ", last ? "   " : "│  ");
    }
  };
  for (const root of roots) draw(root, "", "", "");
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, time, annotations]) => `${label.padEnd(width)} ${time.padStart(8)}  ${annotations}`.trimEnd()).join("\n");
}

/** Each label with the function's own above it, sorted: what of a picture does not differ from run to run. */
export function namesIn(roots: readonly TraceNode[]): readonly string[] {
  const names = new Set<string>();
  const add = (root: string, nodes: readonly TraceNode[]): void => {
    for (const node of nodes) {
      names.add(`${root} > ${node.label}`);
      add(root, node.children);
    }
  };
  for (const root of roots) {
    names.add(root.label);
    add(root.label, root.children);
  }
  return [...names].toSorted();
}

/** The names of a drawn tree: `namesIn` of what it was drawn from. */
export function namesInDrawing(drawing: string): readonly string[] {
  const names = new Set<string>();
  let root = "";
  for (const line of drawing.split("\n")) {
    const [, branches = "", label = ""] = line.match(/^([│├└─ ]*)(.*?)(?: × \d+)? +\d+ ms/) ?? [];
    if (branches === "") root = label;
    names.add(branches === "" ? label : `${root} > ${label}`);
  }
  return [...names].toSorted();
}

function labelOf({ name, aws }: SegmentDocument): string {
  return aws?.operation === undefined ? name : `${name} ${aws.operation}`;
}
