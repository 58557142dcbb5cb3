import { useState } from "react";
import type { ReactElement } from "react";
import { Json, Tabs } from "../../../ui/index.ts";
import type { Tab } from "../../../ui/index.ts";
import type { RequestRun } from "./run.ts";
import type { RunView } from "./runView.ts";

/** More pieces than these are not laid out; the newest are. */
const MAX_CHUNKS = 200;

/** What a card has no room for: result, error, metadata, chunks, payload. */
export function RunDetails({ run, view }: { readonly run: RequestRun; readonly view: RunView }): ReactElement {
  const [selected, setSelected] = useState<string>();
  const chunks = view.chunks.slice(-MAX_CHUNKS);
  const tabs: readonly Tab[] = [
    view.status === "completed" ? [{ key: "result", title: "Result", content: <Json label="result" value={view.data} /> }] : [],
    view.error === undefined ? [] : [{ key: "error", title: "Error", content: <Json label="error" value={view.error} /> }],
    [{ key: "metadata", title: "Metadata", content: <Metadata metadata={view.metadata} /> }],
    view.chunks.length === 0
      ? []
      : [
          {
            key: "chunks",
            title: `Chunks (${view.chunks.length})`,
            content: (
              <>
                {view.incomplete && <p className="muted small">Some are missing: the server does not have them any more.</p>}
                <Json label="chunks" value={chunks} />
              </>
            ),
          },
        ],
    run.payload === undefined ? [] : [{ key: "payload", title: "Payload", content: <Json label="payload" value={run.payload} /> }],
  ].flat();
  return <Tabs label="Details" tabs={tabs} selected={selected ?? tabs[0]?.key ?? ""} onSelect={setSelected} />;
}

function Metadata({ metadata }: { readonly metadata: unknown }): ReactElement {
  if (metadata === undefined) return <p className="muted small">The newest progress has none.</p>;
  return <Json label="metadata" value={metadata} />;
}
