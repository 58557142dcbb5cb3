import type { ComponentProps, ReactElement } from "react";
import "./button.css";

export type ButtonKind = "primary" | "plain" | "quiet" | "danger";

interface Look {
  readonly kind?: ButtonKind;
  readonly size?: "normal" | "small";
}

/** A button that submits nothing unless it is told to. */
export function Button({
  kind = "plain",
  size = "normal",
  type = "button",
  className = "",
  ...rest
}: ComponentProps<"button"> & Look): ReactElement {
  return <button {...rest} type={type} className={`button ${className}`} data-kind={kind} data-size={size} />;
}

/** A link that looks like one. */
export function ButtonLink({ kind = "plain", size = "normal", className = "", ...rest }: ComponentProps<"a"> & Look): ReactElement {
  return (
    <a {...rest} className={`button ${className}`} data-kind={kind} data-size={size}>
      {rest.children}
    </a>
  );
}
