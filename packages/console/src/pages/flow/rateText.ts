/** How often in a second, or a minute when that is seldom: `12 / s`, `1.5 / s`, `6 / min`, `idle`. */
export function rateText(perSecond: number): string {
  if (perSecond <= 0) return "idle";
  if (perSecond >= 10) return `${Math.round(perSecond).toLocaleString("en")} / s`;
  if (perSecond >= 1) return `${Math.round(perSecond * 10) / 10} / s`;
  return `${Math.max(1, Math.round(perSecond * 60))} / min`;
}
