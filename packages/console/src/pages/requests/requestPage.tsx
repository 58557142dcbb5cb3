import type { ReactElement } from "react";
import { useNow } from "../../app/consoleContext.ts";
import { PageHead } from "../../app/pageHead.tsx";
import { hrefOf } from "../../app/route.ts";
import { LoadedView, titleOf } from "../../ui/index.ts";
import { FailureNotice } from "./detail/failureNotice.tsx";
import { RequestHead } from "./detail/requestHead.tsx";
import { RequestTabs } from "./detail/requestTabs.tsx";
import { useRequestDetail } from "./detail/useRequestDetail.ts";
import { TimelineView } from "./timeline/timelineView.tsx";
import "./detail/request.css";

export interface RequestPageProps {
  readonly tenantId: string;
  readonly requestId: string;
}

/** All about one request, while it happens. */
export function RequestPage({ tenantId, requestId }: RequestPageProps): ReactElement {
  const loaded = useRequestDetail(tenantId, requestId);
  const now = useNow();
  return (
    <div className="page">
      <PageHead title={loaded.data === undefined ? "Request" : titleOf(loaded.data.action)}>
        <a href={hrefOf({ page: "requests" })}>All requests</a>
      </PageHead>
      <LoadedView loaded={loaded}>
        {(request) => (
          <>
            <RequestHead request={request} now={now} onCommanded={loaded.reload} />
            <FailureNotice request={request} />
            <TimelineView request={request} now={now} />
            <RequestTabs request={request} now={now} />
          </>
        )}
      </LoadedView>
    </div>
  );
}
