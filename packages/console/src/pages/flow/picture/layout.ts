import { HOPS } from "../../../contract.ts";
import type { HopName } from "../../../contract.ts";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Place = HopName | "client";

/** A way that a request takes from one place to the next. */
export interface Edge {
  readonly from: Place;
  readonly to: Place;
  /** As in `d` of an SVG path. */
  readonly path: string;
  /** `answer`: the short way of a synchronous action, from the router straight to the client's connection. */
  readonly kind: "main" | "answer";
}

/** Where everything stands, in CSS pixels. */
export interface FlowLayout {
  readonly vertical: boolean;
  readonly width: number;
  readonly height: number;
  readonly boxes: Readonly<Record<Place, Box>>;
  readonly edges: readonly Edge[];
}

/** Below this the loop does not fit, and the hops stand under each other. */
export const MIN_LOOP_WIDTH = 780;

const COLUMNS = 5;
const CLIENT_WIDTH = 104;
const LOOP_GAP = 28;
const LOOP_NODE_HEIGHT = 116;
const LOOP_ROW_GAP = 52;

const LIST_NODE_HEIGHT = 60;
const LIST_GAP = 22;
/** Beside the list, for the ways back. */
const LANES_WIDTH = 36;
const ANSWER_LANE = 12;
const RETURN_LANE = 28;
const CORNER = 8;

/**
 * A loop, as the way of a request is one: out along the top and back along the bottom, with the client at the left. Where that is too narrow a
 * list from top to bottom, with the way back at its right.
 */
export function layoutOf(width: number): FlowLayout {
  return width >= MIN_LOOP_WIDTH ? loop(width) : list(width);
}

/** The way on which something comes to a hop; of an end also the way on to the client. */
export function pathTo(layout: FlowLayout, hop: HopName, synchronous: boolean): string | undefined {
  const kind = hop === "post" && synchronous ? "answer" : "main";
  const into = layout.edges.find((edge) => edge.to === hop && edge.kind === kind)?.path;
  if (hop !== "end" || into === undefined) return into;
  const on = layout.edges.find((edge) => edge.to === "client")?.path;
  return on === undefined ? into : `${into} ${on.replace(/^M/, "L")}`;
}

function loop(width: number): FlowLayout {
  const nodeWidth = (width - CLIENT_WIDTH - COLUMNS * LOOP_GAP) / COLUMNS;
  const height = 2 * LOOP_NODE_HEIGHT + LOOP_ROW_GAP;
  const boxOf = (index: number): Box => {
    const below = index >= COLUMNS;
    const column = below ? 2 * COLUMNS - 1 - index : index;
    return {
      x: CLIENT_WIDTH + LOOP_GAP + column * (nodeWidth + LOOP_GAP),
      y: below ? LOOP_NODE_HEIGHT + LOOP_ROW_GAP : 0,
      width: nodeWidth,
      height: LOOP_NODE_HEIGHT,
    };
  };
  const boxes = boxesOf({ x: 0, y: 0, width: CLIENT_WIDTH, height }, boxOf);
  const edges = mainEdges((from, to) => {
    const [one, other] = [boxes[from], boxes[to]];
    // The client is as high as both rows: the hop beside it says at which height.
    const y = middleY(from === "client" ? other : one);
    if (one.x + one.width <= other.x) return line(one.x + one.width, y, other.x, y);
    if (other.x + other.width <= one.x) return line(one.x, y, other.x + other.width, y);
    return line(middleX(one), one.y + one.height, middleX(other), other.y);
  });
  const { router, post } = boxes;
  const answer = line(middleX(router), router.y + router.height, middleX(post), post.y);
  return { vertical: false, width, height, boxes, edges: [...edges, { from: "router", to: "post", kind: "answer", path: answer }] };
}

function list(width: number): FlowLayout {
  const nodeWidth = width - LANES_WIDTH;
  const boxAt = (row: number): Box => ({ x: 0, y: row * (LIST_NODE_HEIGHT + LIST_GAP), width: nodeWidth, height: LIST_NODE_HEIGHT });
  const boxes = boxesOf(boxAt(0), (index) => boxAt(index + 1));
  const lane = (from: Place, to: Place, offset: number): string => {
    const [fromY, toY] = [middleY(boxes[from]), middleY(boxes[to])];
    const bend = toY > fromY ? CORNER : -CORNER;
    return `M${nodeWidth} ${fromY}h${offset - CORNER}q${CORNER} 0 ${CORNER} ${bend}V${toY - bend}q0 ${bend} ${-CORNER} ${bend}H${nodeWidth}`;
  };
  const edges = mainEdges((from, to) =>
    to === "client" ? lane(from, to, RETURN_LANE) : line(nodeWidth / 2, boxes[from].y + boxes[from].height, nodeWidth / 2, boxes[to].y),
  );
  const height = (HOPS.length + 1) * LIST_NODE_HEIGHT + HOPS.length * LIST_GAP;
  const answer: Edge = { from: "router", to: "post", kind: "answer", path: lane("router", "post", ANSWER_LANE) };
  return { vertical: true, width, height, boxes, edges: [...edges, answer] };
}

function boxesOf(client: Box, boxOf: (index: number) => Box): Readonly<Record<Place, Box>> {
  const hops = Object.fromEntries(HOPS.map((hop, index) => [hop, boxOf(index)])) as Record<HopName, Box>;
  return { client, ...hops };
}

function mainEdges(pathOf: (from: Place, to: Place) => string): readonly Edge[] {
  const places: readonly Place[] = ["client", ...HOPS, "client"];
  return places.slice(1).map((to, index) => {
    const from = places[index] ?? "client";
    return { from, to, kind: "main", path: pathOf(from, to) };
  });
}

function line(fromX: number, fromY: number, toX: number, toY: number): string {
  return `M${fromX} ${fromY}L${toX} ${toY}`;
}

function middleX({ x, width }: Box): number {
  return x + width / 2;
}

function middleY({ y, height }: Box): number {
  return y + height / 2;
}
