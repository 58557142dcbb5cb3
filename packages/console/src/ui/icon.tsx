import type { ReactElement } from "react";

/** Strokes on a field of 16 by 16. */
const PATHS = {
  play: "M5 3.5v9l7-4.5z",
  list: "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01",
  inbox: "M2.5 9.5h3l1 2h3l1-2h3M2.5 9.5l2-6h7l2 6v4h-11z",
  plug: "M6 2.5v3M10 2.5v3M4 5.5h8v2a4 4 0 0 1-8 0zM8 11.5v2.5",
  flow: "M2.5 8h3M10.5 8h3M5.5 5.5h5v5h-5z",
  cross: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5l3.5 3.5L13 4.5",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  sun: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7",
  moon: "M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5",
  screen: "M2.5 3h11v7.5h-11zM6 13.5h4M8 10.5v3",
  user: "M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8M3 13.5a5 5 0 0 1 10 0",
  retry: "M13 8a5 5 0 1 1-1.5-3.5M13 2.5v2.5h-2.5",
  bolt: "M9 1.5L3.5 9H8l-1 5.5L12.5 7H8z",
  plus: "M8 3v10M3 8h10",
  chevron: "M4 6l4 4 4-4",
  arrow: "M3 8h10M9 4l4 4-4 4",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.5 10.5l3 3",
  link: "M9 3h4v4M13 3L7.5 8.5M11 9.5V13H3V5h3.5",
  warning: "M8 2.5l6 11H2zM8 6.5v3.5M8 12h.01",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside a text that says the same; on its own, the button around it needs a label. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }): ReactElement {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
