import type { ReactElement, ReactNode } from "react";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";
import "./emptyState.css";

export interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  /** What to do to see something here. */
  readonly children?: ReactNode;
}

export function EmptyState({ icon, title, children }: EmptyStateProps): ReactElement {
  return (
    <div className="empty">
      <Icon name={icon} size={28} />
      <p className="empty-title">{title}</p>
      {children !== undefined && <div className="small">{children}</div>}
    </div>
  );
}
