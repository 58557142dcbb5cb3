import type { ReactElement, ReactNode } from "react";
import type { Tone } from "./badge.tsx";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";
import "./notice.css";

const ICONS: Readonly<Record<Tone, IconName>> = { neutral: "list", accent: "retry", good: "check", warn: "warning", bad: "warning" };

/** A sentence that stands where it belongs; `actions` beside it say what to do. */
export function Notice({ tone = "neutral", actions, children }: NoticeProps): ReactElement {
  return (
    <div className="notice" data-tone={tone}>
      <Icon name={ICONS[tone]} />
      <div className="notice-text">{children}</div>
      {actions}
    </div>
  );
}

export interface NoticeProps {
  readonly tone?: Tone;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}
