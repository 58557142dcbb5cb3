import type { CSSProperties, ReactElement } from "react";

/** A name's first letter on a colour of its own. */
export function Face({ name }: { readonly name: string }): ReactElement {
  const hue = Array.from(name, (letter) => letter.codePointAt(0) ?? 0).reduce((sum, code) => (sum * 31 + code) % 360, 7);
  return (
    <span className="face" aria-hidden="true" style={{ "--hue": hue } as CSSProperties}>
      {name.slice(0, 1).toUpperCase()}
    </span>
  );
}
