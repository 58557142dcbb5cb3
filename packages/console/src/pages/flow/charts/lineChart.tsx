import { useState } from "react";
import type { PointerEvent, ReactElement } from "react";
import { clockText } from "../../../ui/index.ts";
import { useWidth } from "../picture/useWidth.ts";
import { linearScale, linePath, ticksTo } from "./scale.ts";
import { highest, lastOf, loneOf } from "./series.ts";
import "./charts.css";

export interface Line {
  readonly title: string;
  readonly tone: "accent" | "good" | "bad" | "warn";
  /** One for each time. */
  readonly values: readonly (number | undefined)[];
}

export interface LineChartProps {
  readonly title: string;
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  /** Whether it counts. */
  readonly whole?: boolean;
  readonly textOf: (value: number) => string;
  /** What is said in place of lines while there is no value. */
  readonly emptyText?: string;
}

const HEIGHT = 168;
const TOP = 8;
const BOTTOM = 22;
const LEFT = 52;
const RIGHT = 8;

/** Lines over time. Pointing at it shows the values of that second; a table beside it tells them to whoever does not see it. */
export function LineChart({ title, times, lines, whole = false, textOf, emptyText = "Nothing yet" }: LineChartProps): ReactElement {
  const [ref, width = 0] = useWidth<HTMLElement>();
  const [pointed, setPointed] = useState<number>();
  const top = highest(lines.flatMap(({ values }) => values));
  const ticks = top === undefined ? [] : ticksTo(top, { whole });
  const xOf = linearScale([0, Math.max(1, times.length - 1)], [LEFT, width - RIGHT]);
  const yOf = linearScale([0, ticks.at(-1) ?? 1], [HEIGHT - BOTTOM, TOP]);
  const at = pointed === undefined ? undefined : times[pointed];
  const valueOf = ({ values }: Line): number | undefined => (pointed === undefined ? lastOf(values) : values[pointed]);
  const point = (event: PointerEvent<SVGSVGElement>): void => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const index = Math.round(linearScale([LEFT, width - RIGHT], [0, times.length - 1])(x));
    setPointed(Math.min(times.length - 1, Math.max(0, index)));
  };
  return (
    <figure ref={ref} className="chart">
      <figcaption className="chart-head">
        <h3>{title}</h3>
        <span className="chart-legend number">
          {lines.map((line) => {
            const value = valueOf(line);
            return (
              <span key={line.title} className="chart-key" data-tone={line.tone}>
                <svg width="16" height="4" aria-hidden="true">
                  <path className="chart-line" data-tone={line.tone} d="M1 2H15" />
                </svg>
                {line.title} <strong>{value === undefined ? "–" : textOf(value)}</strong>
              </span>
            );
          })}
          <span className="muted">{at === undefined ? "now" : clockText(at).slice(0, 8)}</span>
        </span>
      </figcaption>
      {width > 0 && (
        <svg width={width} height={HEIGHT} aria-hidden="true" onPointerMove={point} onPointerLeave={() => setPointed(undefined)}>
          {ticks.map((tick) => (
            <g key={tick} className="chart-tick">
              <path d={`M${LEFT} ${yOf(tick)}H${width - RIGHT}`} />
              <text x={LEFT - 8} y={yOf(tick)} textAnchor="end" dominantBaseline="middle">
                {textOf(tick)}
              </text>
            </g>
          ))}
          <g className="chart-tick">
            <text x={LEFT} y={HEIGHT - 4}>
              2 min ago
            </text>
            <text x={width - RIGHT} y={HEIGHT - 4} textAnchor="end">
              now
            </text>
          </g>
          {lines.map((line) => (
            <g key={line.title}>
              <path className="chart-line" data-tone={line.tone} d={linePath(line.values, xOf, yOf)} />
              {loneOf(line.values).map(({ index, value }) => (
                <circle key={index} className="chart-dot" data-tone={line.tone} cx={xOf(index)} cy={yOf(value)} r={3} />
              ))}
            </g>
          ))}
          {top === undefined && (
            <text className="chart-empty" x={(LEFT + width) / 2} y={HEIGHT / 2} textAnchor="middle">
              {emptyText}
            </text>
          )}
          {pointed !== undefined && <path className="chart-cursor" d={`M${xOf(pointed)} ${TOP}V${HEIGHT - BOTTOM}`} />}
        </svg>
      )}
    </figure>
  );
}
