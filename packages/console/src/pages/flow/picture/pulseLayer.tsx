import { useEffect, useRef } from "react";
import type { ReactElement } from "react";
import { useConsole } from "../../../app/consoleContext.ts";
import type { Hop } from "../../../contract.ts";
import { pathTo } from "./layout.ts";
import type { FlowLayout } from "./layout.ts";
import { createPulseGate } from "./pulseGate.ts";

const TRAVEL_MS = 650;
const DOT_RADIUS = 4;

/** A dot moves along the way to each hop that something passes; red when it brought trouble. Draws by itself: React would render each dot. */
export function PulseLayer({ layout }: { readonly layout: FlowLayout }): ReactElement {
  const ref = useRef<SVGGElement>(null);
  const { live, clock, app } = useConsole();
  useEffect(() => {
    const group = ref.current;
    if (group === null) return;
    const gate = createPulseGate();
    const synchronous = new Set(app.actions.filter((action) => !action.asynchronous).map(({ name }) => name));
    const show = (hop: Hop): void => {
      const path = pathTo(layout, hop.hop, hop.action !== undefined && synchronous.has(hop.action));
      // What happens while nobody looks would be drawn all at once afterwards.
      if (path === undefined || document.hidden || !gate.take(hop.hop, clock.monotonic())) return;
      const dot = dotOn(path, hop.trouble !== undefined);
      group.append(dot);
      const animation = dot.animate({ offsetDistance: ["0%", "100%"] }, { duration: TRAVEL_MS, easing: "ease-in-out" });
      const end = (): void => {
        dot.remove();
        gate.done();
      };
      animation.addEventListener("finish", end, { once: true });
      animation.addEventListener("cancel", end, { once: true });
    };
    const stop = live.onEvent((event) => {
      if (event.type === "hop") show(event.hop);
    });
    return () => {
      stop();
      group.replaceChildren();
    };
  }, [live, clock, app, layout]);
  return <g ref={ref} />;
}

function dotOn(path: string, trouble: boolean): SVGCircleElement {
  const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  dot.setAttribute("r", String(DOT_RADIUS));
  dot.setAttribute("class", "flow-dot");
  dot.dataset["trouble"] = String(trouble);
  dot.style.offsetPath = `path("${path}")`;
  return dot;
}
