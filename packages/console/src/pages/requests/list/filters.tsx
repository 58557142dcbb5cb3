import { REQUEST_STATUSES } from "@streamer/protocol";
import type { FormEvent, ReactElement } from "react";
import { Button, Field, statusText } from "../../../ui/index.ts";
import { isFiltering, NO_FILTER } from "./filter.ts";
import type { ListFilter } from "./filter.ts";

export interface FiltersProps {
  readonly filter: ListFilter;
  readonly actions: readonly string[];
  readonly onChange: (filter: ListFilter) => void;
  /** Enter was pressed in one of the fields. */
  readonly onSubmit: () => void;
}

export function Filters({ filter, actions, onChange, onSubmit }: FiltersProps): ReactElement {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className="requests-filters" role="search" aria-label="Requests" onSubmit={submit}>
      <Field label="Id" className="requests-filter-id">
        {(control) => (
          <input
            {...control}
            className="input"
            type="search"
            placeholder="All or a part of it"
            autoComplete="off"
            spellCheck={false}
            value={filter.text}
            onChange={(event) => onChange({ ...filter, text: event.target.value.trim() })}
          />
        )}
      </Field>
      <Field label="Status">
        {(control) => (
          <select
            {...control}
            className="input"
            value={filter.status}
            onChange={(event) => onChange({ ...filter, status: event.target.value })}
          >
            <option value="">Any</option>
            {REQUEST_STATUSES.map((status) => (
              <option key={status} value={status}>
                {statusText(status).text}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Action">
        {(control) => (
          <select
            {...control}
            className="input"
            value={filter.action}
            onChange={(event) => onChange({ ...filter, action: event.target.value })}
          >
            <option value="">Any</option>
            {actions.map((action) => (
              <option key={action}>{action}</option>
            ))}
          </select>
        )}
      </Field>
      <Field label="User">
        {(control) => (
          <input
            {...control}
            className="input"
            type="search"
            placeholder="Anybody"
            autoComplete="off"
            spellCheck={false}
            value={filter.user}
            onChange={(event) => onChange({ ...filter, user: event.target.value.trim() })}
          />
        )}
      </Field>
      <Button className="requests-filter-clear" disabled={!isFiltering(filter)} onClick={() => onChange(NO_FILTER)}>
        Clear
      </Button>
      {/* Without one, Enter in one of several fields submits nothing. */}
      <button type="submit" hidden />
    </form>
  );
}
