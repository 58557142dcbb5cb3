/**
 * The limits of `process_data`, all of them our own. The text itself comes in the payload, which the protocol takes up to 10 MiB
 * (`MAX_BODY_BYTES`). One row at a time passes through; what has to be held is bounded here, so that the work fits into its memory.
 */

export const MAX_OPERATIONS = 20;
/** Rows of the input, the bad ones too. */
export const MAX_ROWS = 500_000;
/** Rows that one `sort` holds, and keys that one `deduplicate` or groups that one `aggregate` remembers. */
export const MAX_HELD_ROWS = 250_000;
export const MAX_COLUMNS = 200;
export const MAX_COLUMN_NAME_CHARS = 128;
/** One value, as it comes and as it is computed. */
export const MAX_FIELD_CHARS = 32_768;
/** One row of the input as text. */
export const MAX_ROW_CHARS = 1_048_576;
/** Conditions in one filter, and parts of one expression. */
export const MAX_PARTS = 50;
/** Conditions, or expressions, in each other. */
export const MAX_PART_NESTING = 8;
export const MAX_IN_VALUES = 1_000;
export const MAX_SORT_KEYS = 10;
export const MAX_COMPUTED = 50;
export const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;
/** More bad rows than this end the work, unless the request says another number. */
export const DEFAULT_MAX_ERRORS = 1_000;
/** Bad rows that the result names; all are counted. */
export const MAX_REPORTED_ROWS = 20;
/** Rows that go through the operations together: between two batches the work looks whether it is to stop. */
export const BATCH_ROWS = 1_000;
