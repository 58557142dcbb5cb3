import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/**
 * Makes reading the stream as fast with many records as with few: dynoxide keeps them without an index on the sequence number, and
 * reads them at each write and each poll. To be called while nothing serves the file.
 *
 * Best effort: the schema is dynoxide's own business, so where it differs the file is left as it is.
 */
export function indexStreamRecords(file: string): void {
  if (!existsSync(file)) return;
  try {
    using database = new DatabaseSync(file);
    database.exec("CREATE INDEX IF NOT EXISTS streamer_stream_position ON _stream_records (table_name, CAST(sequence_number AS INTEGER))");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR")) throw error;
  }
}
