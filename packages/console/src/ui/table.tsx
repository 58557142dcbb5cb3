import type { ReactElement, ReactNode } from "react";
import "./table.css";

/** A table that scrolls by itself where it is too wide. Give it `thead` and `tbody`; numbers stand right with `data-align="end"`. */
export function Table({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactElement {
  return (
    // Whoever has no pointer scrolls it by the keyboard.
    <div className="table-scroll" role="region" aria-label={label} tabIndex={0}>
      <table className="table" aria-label={label}>
        {children}
      </table>
    </div>
  );
}
