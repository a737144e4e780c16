/** What an `ombudsman:` URI says. The URI alone tells what to show, so that a document survives a reload of the window. */

export const documentScheme = 'ombudsman';

export type DocumentAddress =
  | { readonly kind: 'log'; readonly jobId: string; readonly operationId?: string }
  | { readonly kind: 'operation'; readonly jobId: string; readonly operationId: string }
  | {
      readonly kind: 'differences';
      readonly jobId: string;
      readonly operationId: string;
      /** Of a pipeline of a project_validation; else absent. */
      readonly pipelineId?: string;
      readonly check: string;
      readonly side: 'source' | 'target';
    }
  /** A text that nobody can ask for again (a plan, a report), kept by its fingerprint. */
  | { readonly kind: 'text'; readonly fingerprint: string };

const fingerprint = /^[0-9a-f]{16}$/;
const extensions = { log: '.log', operation: '.md', differences: '.txt' } as const;

/** Names are free text: what would end a path segment is replaced by what looks like it. */
function segment(name: string): string {
  const shown = name.replaceAll('/', '∕').replaceAll('\\', '⧵').trim();
  return shown === '' ? 'document' : shown;
}

/** The path of the URI; its last segment is what a tab shows, and its ending chooses the language. */
export function documentPath(address: DocumentAddress, title: string): string {
  const name = segment(title);
  if (address.kind === 'text') return `/text/${address.fingerprint}/${name}`;
  const { kind, jobId, operationId } = address;
  const place = [kind, jobId, ...(operationId === undefined ? [] : [operationId])];
  const side = kind === 'differences' ? [address.side] : [];
  return `/${[...place, ...side, `${name}${extensions[kind]}`].join('/')}`;
}

/** What does not fit into a path, because it may be any text: the query of the URI. */
export function documentQuery(address: DocumentAddress): string {
  if (address.kind !== 'differences') return '';
  return new URLSearchParams({
    check: address.check,
    ...(address.pipelineId !== undefined && { pipeline: address.pipelineId }),
  }).toString();
}

/** Null for a URI that is none of ours: somebody typed it, or it is of another version. */
export function parseDocumentUri(uri: {
  readonly path: string;
  readonly query: string;
}): DocumentAddress | null {
  const [, kind, id, ...more] = uri.path.split('/');
  const [operationId, side] = more.slice(0, -1);
  if (id === undefined || more.length === 0) return null;
  switch (kind) {
    case 'text':
      return fingerprint.test(id) ? { kind, fingerprint: id } : null;
    case 'log':
      return { kind, jobId: id, ...(operationId !== undefined && { operationId }) };
    case 'operation':
      return operationId === undefined ? null : { kind, jobId: id, operationId };
    case 'differences': {
      const query = new URLSearchParams(uri.query);
      const check = query.get('check');
      const pipelineId = query.get('pipeline') ?? undefined;
      if (operationId === undefined || check === null || (side !== 'source' && side !== 'target'))
        return null;
      return { kind, jobId: id, operationId, check, side, ...(pipelineId !== undefined && { pipelineId }) };
    }
    default:
      return null;
  }
}
