import { useState } from "react";
import type { FocusEvent, KeyboardEvent, ReactElement, RefObject } from "react";
import { rowKey } from "../../../api/liveStore.ts";
import { useNow } from "../../../app/consoleContext.ts";
import { movedTo } from "./arrowKeys.ts";
import { RequestRowView } from "./requestRow.tsx";
import type { RowList } from "./rowList.ts";

export interface RequestRowsProps {
  readonly list: RowList;
  readonly ref: RefObject<HTMLUListElement | null>;
  /** The pointer, or the focus, has left the rows. */
  readonly onLeave: () => void;
}

/** The rows: one stop for Tab, the arrows move among them, Enter opens. */
export function RequestRows({ list, ref, onLeave }: RequestRowsProps): ReactElement {
  const now = useNow();
  const [active, setActive] = useState<string | undefined>();
  const keys = list.rows.map(rowKey);
  const tabbable = keys.includes(active ?? "") ? active : keys[0];
  const links = (): readonly HTMLElement[] => Array.from(ref.current?.querySelectorAll<HTMLElement>(".requests-row") ?? []);
  const onFocus = (event: FocusEvent): void => {
    const index = links().indexOf(event.target as HTMLElement);
    setActive(keys[index]);
  };
  const onBlur = (event: FocusEvent): void => {
    if (event.relatedTarget === null || ref.current?.contains(event.relatedTarget) !== true) onLeave();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const all = links();
    const next = movedTo(event.key, all.indexOf(event.target as HTMLElement), all.length);
    if (next === undefined) return;
    event.preventDefault();
    all[next]?.focus();
  };
  return (
    <div className="requests-list">
      <div className="requests-columns small muted" aria-hidden="true">
        <span className="requests-cell-what">Request</span>
        <span className="requests-cell-status">Status</span>
        <span className="requests-cell-bar">Progress</span>
        <span className="requests-cell-user">User</span>
        <span className="requests-cell-attempt">Attempt</span>
        <span className="requests-cell-age">Submitted</span>
        <span className="requests-cell-took">Took</span>
      </div>
      {/* The links in it take the keys; the list only hears them. */}
      <ul ref={ref} onFocus={onFocus} onBlur={onBlur} onKeyDown={onKeyDown} onPointerLeave={onLeave}>
        {list.rows.map((row, index) => (
          <RequestRowView
            key={keys[index]}
            row={row}
            now={now}
            fresh={list.fresh.has(keys[index] ?? "")}
            tabbable={keys[index] === tabbable}
          />
        ))}
      </ul>
    </div>
  );
}
