import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  documentPath,
  documentQuery,
  parseDocumentUri,
  type DocumentAddress,
} from '../../../../extension/contributions/documents/documentUri.ts';

const jobId = '01JZZZZZZZZZZZZZZZZZZZZZZZ';
const operationId = 'op-0001';

describe('URIs of documents', () => {
  it('say all that is needed to show the document again, whatever names contain', () => {
    const text = fc.string({ unit: 'binary' });
    const address: fc.Arbitrary<DocumentAddress> = fc.oneof(
      fc.record({ kind: fc.constant('log' as const), jobId: fc.constant(jobId) }),
      fc.record({
        kind: fc.constantFrom('log' as const, 'operation' as const),
        jobId: fc.constant(jobId),
        operationId: fc.constant(operationId),
      }),
      fc.record(
        {
          kind: fc.constant('differences' as const),
          jobId: fc.constant(jobId),
          operationId: fc.constant(operationId),
          check: text,
          pipelineId: text,
          side: fc.constantFrom('source' as const, 'target' as const),
        },
        { requiredKeys: ['kind', 'jobId', 'operationId', 'check', 'side'] },
      ),
      fc.record({ kind: fc.constant('text' as const), fingerprint: fc.constant('0f'.repeat(8)) }),
    );
    fc.assert(
      fc.property(address, text, (each, title) => {
        const uri = { path: documentPath(each, title), query: documentQuery(each) };
        expect(parseDocumentUri(uri)).toEqual(each);
      }),
    );
  });

  it('end in the title and what chooses the language', () => {
    expect(documentPath({ kind: 'log', jobId }, 'a/b')).toBe(`/log/${jobId}/a∕b.log`);
    expect(documentPath({ kind: 'operation', jobId, operationId }, 'x')).toBe(
      `/operation/${jobId}/op-0001/x.md`,
    );
  });

  it.each([
    '/',
    '/log',
    '/operation/JOB/x.md',
    '/text/..%2f/x',
    '/text/abc/x',
    '/differences/J/op-0001/left/x.txt',
    '/differences/J/source/x.txt',
  ])('nothing is made of %s', (path) => {
    expect(parseDocumentUri({ path, query: 'check=a' })).toBeNull();
  });
});
