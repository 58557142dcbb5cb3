import type { ReactElement } from "react";
import { Icon } from "../../../ui/index.ts";
import { factsIn, linksIn } from "./links.ts";

/** A result in one line: its files, and its short facts. */
export function ResultLine({ data }: { readonly data: unknown }): ReactElement | null {
  const links = linksIn(data);
  const facts = factsIn(data);
  if (links.length === 0 && facts.length === 0) return null;
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
