import { useEffect, useRef, useState } from "react";
import type { ReactElement } from "react";
import { sentenceOf } from "../../api/consoleCallError.ts";
import { useCommand, useConsole } from "../../app/consoleContext.ts";
import { PageHead } from "../../app/pageHead.tsx";
import { hrefOf } from "../../app/route.ts";
import { Button, ButtonLink, EmptyState, Icon, LoadedView, pluralText } from "../../ui/index.ts";
import { byCode, isAllWell } from "./byReason.ts";
import type { DeadRequest } from "./byReason.ts";
import { DeadMessages } from "./deadMessages.tsx";
import { DeadRequests } from "./deadRequests.tsx";
import { RedriveDialog } from "./redriveDialog.tsx";
import { useDeadLetters } from "./useDeadLetters.ts";
import "./deadLetters.css";

/** What failed for good, why, and starting it again. */
export function DeadLettersPage(): ReactElement {
  const { api, toasts } = useConsole();
  const loaded = useDeadLetters();
  const run = useCommand();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const { data, reload } = loaded;
  const requests = data?.requests ?? [];
  useFocusKept(requests.length);

  const redrive = ({ tenantId, requestId, action }: DeadRequest): void => {
    setBusy((known) => new Set(known).add(requestId));
    run(async () => {
      try {
        await api.commandRequest(tenantId, requestId, "redrive");
      } finally {
        setBusy((known) => new Set([...known].filter((one) => one !== requestId)));
        reload();
      }
    }, `${action} starts again.`);
  };
  const redriveAll = async (): Promise<void> => {
    try {
      const { redriven } = await api.redriveAll();
      toasts.show(`${pluralText(redriven, "request starts", "requests start")} again.`, "good");
    } catch (error) {
      toasts.show(sentenceOf(error), "bad");
    }
    setAsking(false);
    reload();
  };

  return (
    <div className="page">
      <PageHead
        title="Dead letters"
        actions={
          requests.length > 0 && (
            <Button kind="primary" onClick={() => setAsking(true)}>
              <Icon name="retry" />
              Redrive all {requests.length}
            </Button>
          )
        }
      >
        Requests that failed for good. They are kept for a week, and can be started again.
      </PageHead>
      <LoadedView loaded={loaded}>
        {(letters) =>
          isAllWell(letters) ? (
            <section className="card dead-none" aria-label="Dead letters">
              <EmptyState icon="check" title="Nothing has died">
                <p>
                  No request has failed for good. To see what happens when one does, kill its worker until no attempts are left, or switch
                  chaos on.
                </p>
                <div className="row">
                  <ButtonLink href={hrefOf({ page: "try" })}>Try it</ButtonLink>
                  <ButtonLink href={hrefOf({ page: "flow" })}>Chaos switches</ButtonLink>
                </div>
              </EmptyState>
            </section>
          ) : (
            <>
              {byCode(letters.requests).map((group) => (
                <DeadRequests key={group.code} group={group} busy={busy} onRedrive={redrive} />
              ))}
              <DeadMessages letters={letters} />
            </>
          )
        }
      </LoadedView>
      {asking && requests.length > 0 && (
        <RedriveDialog
          count={requests.length}
          actions={[...new Set(requests.map(({ action }) => action))]}
          onClose={() => setAsking(false)}
          onRedrive={redriveAll}
        />
      )}
    </div>
  );
}

/** A row that went may have had the focus: it goes on at the page's top, not nowhere. */
function useFocusKept(count: number): void {
  const before = useRef(count);
  useEffect(() => {
    const fewer = count < before.current;
    before.current = count;
    if (fewer && document.activeElement === document.body) document.querySelector<HTMLElement>("#page-title")?.focus();
  }, [count]);
}
