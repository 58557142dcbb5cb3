import type { ReactElement } from "react";
import { PageHead } from "../../app/pageHead.tsx";

export function FlowPage(): ReactElement {
  return (
    <div className="page">
      <PageHead title="Flow" />
    </div>
  );
}
