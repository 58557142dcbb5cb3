import type { ReactElement } from "react";
import { Icon } from "../../../ui/index.ts";
import { factsIn, linksIn } from "./links.ts";

/** A result in one line: its files, and its short facts. */
export function ResultLine({ data }: { readonly data: unknown }): ReactElement {
  const links = linksIn(data);
  const facts = factsIn(data);
  return (
    <p className="run-result">
      {links.map(({ name, url }) => (
        <a key={name} href={url} target="_blank" rel="noopener noreferrer">
          <Icon name="link" size={14} /> Open {name}
          <span className="hidden"> in a new tab</span>
        </a>
      ))}
      {facts.length > 0 && <span className="muted">{facts.join(" · ")}</span>}
    </p>
  );
}

/** Whether a result has anything that one line can say. */
export function hasResultLine(data: unknown): boolean {
  return linksIn(data).length > 0 || factsIn(data).length > 0;
}
