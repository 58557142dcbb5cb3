import { useId } from "react";
import type { ReactElement, ReactNode } from "react";
import "./card.css";

export interface CardProps {
  readonly title: string;
  /** Stands beside the title. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
  readonly className?: string;
}

/** A part of a page with a title: a region for whoever listens. */
export function Card({ title, actions, children, className = "" }: CardProps): ReactElement {
  const titleId = useId();
  return (
    <section className={`card ${className}`} aria-labelledby={titleId}>
      <div className="card-head">
        <h2 id={titleId}>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}
