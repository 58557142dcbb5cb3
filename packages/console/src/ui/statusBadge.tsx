import type { ReactElement } from "react";
import { Badge } from "./badge.tsx";
import { statusText } from "./statusText.ts";
import type { AnyStatus } from "./statusText.ts";

export function StatusBadge({ status }: { readonly status: AnyStatus }): ReactElement {
  const { text, tone } = statusText(status);
  return <Badge tone={tone}>{text}</Badge>;
}
