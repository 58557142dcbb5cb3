import type { ReactElement } from "react";
import { PageHead } from "../../app/pageHead.tsx";
import { Card, LoadedView } from "../../ui/index.ts";
import { ChaosCard } from "./chaos/chaosCard.tsx";
import { Charts } from "./charts/charts.tsx";
import { HopTable } from "./hopTable.tsx";
import { Picture } from "./picture/picture.tsx";
import { QueueTable } from "./queueTable.tsx";
import { useFlow } from "./useFlow.ts";
import "./flow.css";

export function FlowPage(): ReactElement {
  const flow = useFlow();
  return (
    <div className="page">
      <PageHead title="Flow">Every hop of a request, as it happens: how many, how often, how long from the hop before.</PageHead>
      <LoadedView loaded={flow}>
        {(view) => (
          <>
            <Card title="Pipeline">
              <div className="stack">
                <Picture flow={view} />
                <details className="flow-more">
                  <summary>As a table</summary>
                  <HopTable hops={view.hops} />
                </details>
              </div>
            </Card>
            <Card title="The last two minutes">
              <Charts series={view.series} />
            </Card>
            <Card title="Queues">
              <QueueTable queues={view.queues} />
            </Card>
          </>
        )}
      </LoadedView>
      <ChaosCard />
    </div>
  );
}
