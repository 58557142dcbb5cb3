import type { InputOf } from "@streamer/protocol";
import { useState } from "react";
import type { ReactElement } from "react";
import type { App } from "../functions/src/actions/index.ts";

type ReportInput = InputOf<App["makeReport"]>;
type Region = NonNullable<ReportInput["region"]>;

const REGIONS = ["all", "north", "south", "east", "west"] as const satisfies readonly Region[];

export interface ReportFormProps {
  readonly onSubmit: (input: ReportInput) => void;
}

/** What the report is about. Whether it makes sense is for the server to say: its schema is the only one. */
export function ReportForm({ onSubmit }: ReportFormProps): ReactElement {
  const [input, setInput] = useState<ReportInput>({ from: "2024-01", to: "2024-12", region: "all", busy_at_first: false });
  const set = (change: Partial<ReportInput>): void => setInput((before) => ({ ...before, ...change }));
  return (
    <form
      className="card"
      aria-labelledby="new-report"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(input);
      }}
    >
      <h2 id="new-report">New report</h2>
      <div className="fields">
        <label className="field">
          From
          <input type="month" required value={input.from} onChange={({ target }) => set({ from: target.value })} />
        </label>
        <label className="field">
          To
          <input type="month" required value={input.to} onChange={({ target }) => set({ to: target.value })} />
        </label>
        <label className="field">
          Region
          <select value={input.region} onChange={({ target }) => set({ region: target.value as Region })}>
            {REGIONS.map((region) => (
              <option key={region}>{region}</option>
            ))}
          </select>
        </label>
      </div>
      <div className="row">
        <label className="check">
          <input type="checkbox" checked={input.busy_at_first} onChange={({ target }) => set({ busy_at_first: target.checked })} />
          Let the first attempt fail half-way
        </label>
        <button type="submit" className="primary">
          Make report
        </button>
      </div>
    </form>
  );
}
