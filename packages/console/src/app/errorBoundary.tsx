import { Component } from "react";
import type { ReactNode } from "react";
import { sentenceOf } from "../api/consoleCallError.ts";
import { Button, Notice } from "../ui/index.ts";

interface Props {
  readonly children: ReactNode;
}

/** A page that fails takes no other with it. Give it a `key` for the place, so that another place begins anew. */
export class ErrorBoundary extends Component<Props, { readonly error: unknown; readonly failed: boolean }> {
  override readonly state = { error: undefined, failed: false };

  static getDerivedStateFromError(error: unknown): { readonly error: unknown; readonly failed: boolean } {
    return { error, failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <Notice
        tone="bad"
        actions={
          <Button size="small" onClick={() => this.setState({ error: undefined, failed: false })}>
            Show it again
          </Button>
        }
      >
        This page failed: {sentenceOf(this.state.error)}
      </Notice>
    );
  }
}
