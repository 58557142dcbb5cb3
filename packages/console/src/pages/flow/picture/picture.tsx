import { useMemo } from "react";
import type { ReactElement } from "react";
import type { FlowView } from "../../../contract.ts";
import { HOPS } from "../../../contract.ts";
import { Icon, pluralText } from "../../../ui/index.ts";
import { HopNode, placeOf } from "./hopNode.tsx";
import { layoutOf } from "./layout.ts";
import { PulseLayer } from "./pulseLayer.tsx";
import { useReducedMotion } from "./useReducedMotion.ts";
import { useWidth } from "./useWidth.ts";
import "./picture.css";

/** The way of a request through the system. The hops are texts, read in order; the lines and dots between them are for the eye. */
export function Picture({ flow }: { readonly flow: FlowView }): ReactElement {
  const [ref, width] = useWidth<HTMLDivElement>();
  const still = useReducedMotion();
  const layout = useMemo(() => (width === undefined ? undefined : layoutOf(width)), [width]);
  const figures = new Map(flow.hops.map((hop) => [hop.hop, hop]));
  const dead = flow.queues.reduce((sum, { deadLetters }) => sum + deadLetters, 0);
  return (
    <div ref={ref}>
      {layout !== undefined && (
        <div className="flow-picture" data-vertical={layout.vertical} style={{ height: layout.height }}>
          <svg width={layout.width} height={layout.height} aria-hidden="true">
            <marker id="flow-arrow" viewBox="0 0 6 6" refX="6" refY="3" markerWidth="6" markerHeight="6" orient="auto">
              <path className="flow-arrow" d="M0 0L6 3L0 6z" />
            </marker>
            {layout.edges.map((edge) => (
              <path
                key={`${edge.from} ${edge.to}`}
                className="flow-edge"
                data-kind={edge.kind}
                d={edge.path}
                markerEnd="url(#flow-arrow)"
              />
            ))}
            {!still && <PulseLayer layout={layout} />}
          </svg>
          <ol aria-label="The way of a request">
            <li className="flow-node flow-client" style={placeOf(layout.boxes.client)}>
              <Icon name="user" size={20} />
              <span className="flow-node-title">Clients</span>
              <a className="number" href="#/connections">
                {pluralText(flow.connections, "connection")}
              </a>
            </li>
            {HOPS.map((hop) => (
              <HopNode key={hop} hop={hop} box={layout.boxes[hop]} figures={figures.get(hop)} deadLetters={hop === "queue" ? dead : 0} />
            ))}
          </ol>
          {!layout.vertical && <AnswerNote layout={layout} />}
        </div>
      )}
    </div>
  );
}

function AnswerNote({ layout }: { readonly layout: ReturnType<typeof layoutOf> }): ReactElement {
  const { router } = layout.boxes;
  return (
    <span className="flow-note" style={{ left: router.x + router.width / 2 + 10, top: router.y + router.height + 16 }}>
      synchronous: at once
    </span>
  );
}
