import { QueryError } from "./lexer.ts";
import type { Token } from "./lexer.ts";

/** The tokens of one command, one after the other. */
export interface TokenReader {
  peek(): Token | undefined;
  /** @throws {QueryError} at the command's end. */
  next(): Token;
  /** Whether this word or sign stands here; if so, it is read. */
  takes(text: string): boolean;
  /** @throws {QueryError} when something else stands here. */
  expect(text: string): void;
  /** What stands between two signs, or up to the command's end, with commas between. */
  list<Item>(open: string, close: string, read: (reader: TokenReader) => Item): readonly Item[];
  /** Items with commas between, at least one. */
  items<Item>(read: (reader: TokenReader) => Item): readonly Item[];
  /** The text of what was read since then, as a column's name. */
  readonly position: number;
  textSince(position: number): string;
  readonly done: boolean;
}

export function createTokenReader(tokens: readonly Token[]): TokenReader {
  let position = 0;
  const reader: TokenReader = {
    peek: () => tokens[position],
    next() {
      const token = tokens[position];
      if (token === undefined) throw new QueryError(`The command ends too early: ${reader.textSince(0)}`);
      position += 1;
      return token;
    },
    takes(text) {
      const token = tokens[position];
      if (token === undefined || token.text !== text || (token.kind !== "name" && token.kind !== "sign")) return false;
      position += 1;
      return true;
    },
    expect(text) {
      if (reader.takes(text)) return;
      throw new QueryError(`"${text}" is missing before "${tokens[position]?.text ?? "the end"}" in: ${reader.textSince(0)}`);
    },
    list(open, close, read) {
      reader.expect(open);
      const items = reader.peek()?.text === close ? [] : reader.items(read);
      reader.expect(close);
      return items;
    },
    items(read) {
      const items = [read(reader)];
      while (reader.takes(",")) items.push(read(reader));
      return items;
    },
    get position() {
      return position;
    },
    textSince: (from) =>
      tokens
        .slice(from, Math.max(position, from + 1))
        .map(({ text }) => text)
        .join("")
        .trim(),
    get done() {
      return position >= tokens.length;
    },
  };
  return reader;
}
