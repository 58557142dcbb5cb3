import { useMemo } from "react";
import type { ReactElement, ReactNode } from "react";
import { CopyButton } from "./copyButton.tsx";
import "./json.css";

/** More is not laid out: a page must stay quick whatever a result holds. All of it can be copied. */
const MAX_CHARS = 100_000;

/** A value as JSON. Addresses of files in it are links. */
export function Json({ label, value }: { readonly label: string; readonly value: unknown }): ReactElement {
  const text = useMemo(() => JSON.stringify(value, undefined, 2) ?? "nothing", [value]);
  const shown = text.slice(0, MAX_CHARS);
  return (
    <div className="json">
      <pre tabIndex={0} role="region" aria-label={label}>
        {withLinks(shown)}
        {shown.length < text.length && `\n… ${(text.length - shown.length).toLocaleString("en")} more characters: copy it to see all.`}
      </pre>
      <CopyButton text={text} label={`Copy ${label}`} />
    </div>
  );
}

function withLinks(text: string): readonly ReactNode[] {
  return text.split(/("https?:\/\/[^"\s]+")/).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // The parts never change places.
      <a key={index} href={JSON.parse(part) as string} target="_blank" rel="noopener noreferrer">
        {part}
      </a>
    ),
  );
}
