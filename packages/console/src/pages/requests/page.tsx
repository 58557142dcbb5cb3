import { useDeferredValue, useRef, useState } from "react";
import type { ReactElement } from "react";
import { useConsole } from "../../app/consoleContext.ts";
import { PageHead } from "../../app/pageHead.tsx";
import { hrefOf } from "../../app/route.ts";
import { Button, ButtonLink, EmptyState, Icon, Notice, pluralText } from "../../ui/index.ts";
import { isFiltering, keepFilter, keptFilter, NO_FILTER } from "./list/filter.ts";
import type { ListFilter } from "./list/filter.ts";
import { Filters } from "./list/filters.tsx";
import { RequestRows } from "./list/requestRows.tsx";
import { useRequestList } from "./list/useRequestList.ts";
import "./list/list.css";

/** Scrolled further down than this, new rows would push away what one reads. */
const TOP_PX = 160;

/** Every request of the stack, as it happens. */
export function RequestsPage(): ReactElement {
  const { app, storage } = useConsole();
  const [filter, setFilter] = useState(() => keptFilter(storage));
  const rows = useRef<HTMLUListElement>(null);
  // Nothing jumps under the pointer, or away from who reads it by the keyboard.
  const mayMove = (): boolean => scrollY <= TOP_PX && rows.current?.matches(":hover, :focus-within") !== true;
  const { list, loading, error, reload, loadOlder, showWaiting } = useRequestList(useDeferredValue(filter), mayMove);
  const change = (next: ListFilter): void => {
    keepFilter(next, storage);
    setFilter(next);
  };
  const openOnly = (): void => {
    const [only, second] = list.rows;
    if (only !== undefined && second === undefined) location.hash = hrefOf({ page: "request", ...only });
  };
  const showNew = (): void => {
    showWaiting();
    scrollTo(0, 0);
  };
  const filtering = isFiltering(filter);
  return (
    <div className="page">
      <PageHead title="Requests">Every request of this stack, as it happens. Arrow keys move, Enter opens.</PageHead>
      <Filters filter={filter} actions={app.actions.map(({ name }) => name)} onChange={change} onSubmit={openOnly} />
      {error !== undefined && (
        <Notice
          tone="bad"
          actions={
            <Button size="small" onClick={reload}>
              Try again
            </Button>
          }
        >
          {error}
        </Notice>
      )}
      <div className="requests-frame">
        {list.waiting.length > 0 && (
          <div className="requests-new">
            <Button kind="primary" size="small" onClick={showNew}>
              {pluralText(list.waiting.length, "new", "new")}
              <span className="hidden"> {list.waiting.length === 1 ? "request: show it" : "requests: show them"}</span>
            </Button>
          </div>
        )}
        <span className="hidden" role="status">
          {list.waiting.length > 0 && "New requests have come."}
        </span>
        {list.rows.length > 0 ? (
          <section className="card requests-card" aria-label="Requests" aria-busy={loading}>
            <RequestRows list={list} ref={rows} onLeave={() => queueMicrotask(() => void (mayMove() && showWaiting()))} />
          </section>
        ) : (
          !loading &&
          error === undefined && (
            <section className="card" aria-label="Requests">
              {filtering ? (
                <EmptyState icon="search" title="No request is like that">
                  <p>New ones that are will show up here.</p>
                  <Button onClick={() => change(NO_FILTER)}>Show all requests</Button>
                </EmptyState>
              ) : (
                <EmptyState icon="list" title="No requests yet">
                  <p>Submit one, and watch it move here.</p>
                  <ButtonLink kind="primary" href={hrefOf({ page: "try" })}>
                    Try it
                  </ButtonLink>
                </EmptyState>
              )}
            </section>
          )
        )}
        {loading && list.rows.length === 0 && <p className="muted small">Loading…</p>}
      </div>
      <div className="requests-foot muted small">
        {list.rows.length > 0 && (
          <span>
            {pluralText(list.rows.length, "request")}
            {list.cursor === undefined ? ": all there are" : " shown"}
          </span>
        )}
        {list.cursor !== undefined && (
          <Button onClick={loadOlder} disabled={loading}>
            <Icon name="chevron" />
            {loading ? "Loading…" : "Older requests"}
          </Button>
        )}
      </div>
    </div>
  );
}
