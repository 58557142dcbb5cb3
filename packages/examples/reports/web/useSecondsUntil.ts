import { useEffect, useState } from "react";

/** Whole seconds until then, counted down; 0 once it is over, and when there is no such time. */
export function useSecondsUntil(time: Date | undefined): number {
  const [now, setNow] = useState(() => Date.now());
  const at = time?.getTime();
  useEffect(() => {
    if (at === undefined) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [at]);
  return at === undefined ? 0 : Math.max(0, Math.ceil((at - now) / 1_000));
}
