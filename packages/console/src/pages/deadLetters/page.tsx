import type { ReactElement } from "react";
import { PageHead } from "../../app/pageHead.tsx";

export function DeadLettersPage(): ReactElement {
  return (
    <div className="page">
      <PageHead title="Dead letters" />
    </div>
  );
}
