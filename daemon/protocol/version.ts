/** Version of the messages between clients and the daemon. Raised when an older client could misread an answer. */
export const protocolVersion = 1;

/** Version of the journal and document shapes on disk; see server/storage/migrations. */
export const schemaVersion = 1;

declare const OMBUDSMAN_VERSION: string | undefined;

/** Version of the product. The bundler fills it in from package.json; sources that run unbundled are older than any release. */
export const productVersion: string = typeof OMBUDSMAN_VERSION === 'string' ? OMBUDSMAN_VERSION : '0.0.0-dev';
