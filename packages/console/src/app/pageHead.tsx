import { useEffect } from "react";
import type { ReactElement, ReactNode } from "react";

export interface PageHeadProps {
  readonly title: string;
  readonly children?: ReactNode;
  /** Buttons beside the title. */
  readonly actions?: ReactNode;
}

/** A page's heading. It names the browser's tab. */
export function PageHead({ title, children, actions }: PageHeadProps): ReactElement {
  useEffect(() => {
    document.title = `${title} · Streamer`;
  }, [title]);
  return (
    <div className="page-head">
      <div>
        <h1 id="page-title" tabIndex={-1}>
          {title}
        </h1>
        {children !== undefined && <p>{children}</p>}
      </div>
      {actions !== undefined && <div className="row">{actions}</div>}
    </div>
  );
}
