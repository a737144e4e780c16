/** Version of the messages between clients and the daemon. Raised when an older client could misread an answer. */
export const protocolVersion = 1;

/** Version of the journal and document shapes on disk; see server/storage/migrations. */
export const schemaVersion = 1;
