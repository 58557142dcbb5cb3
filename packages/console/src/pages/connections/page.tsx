import type { ReactElement } from "react";
import { PageHead } from "../../app/pageHead.tsx";

export function ConnectionsPage(): ReactElement {
  return (
    <div className="page">
      <PageHead title="Connections" />
    </div>
  );
}
