import { useEffect, useRef, useState } from "react";
import type { RefObject } from "react";

/** The width of an element in CSS pixels, as it changes; `undefined` until it was measured. */
export function useWidth<Kind extends HTMLElement>(): readonly [RefObject<Kind | null>, number | undefined] {
  const ref = useRef<Kind>(null);
  const [width, setWidth] = useState<number>();
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
