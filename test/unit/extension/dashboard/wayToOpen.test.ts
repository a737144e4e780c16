import { describe, expect, it } from 'vitest';
import { wayToOpen } from '../../../../extension/dashboard/wayToOpen.ts';

const artifact = { artifact_id: 'x', name: 'x', path: '/x', bytes: 1 };

describe('an artifact', () => {
  it.each([
    ['log', 'text/plain', 'text'],
    ['data', 'text/csv; charset=utf-8', 'text'],
    ['report', 'application/sql; charset=utf-8', 'text'],
    ['catalog', 'application/json', 'text'],
    ['differences', 'application/vnd.apache.parquet', 'differences'],
    ['data', 'application/vnd.apache.parquet', 'folder'],
    ['data', 'application/octet-stream', 'folder'],
  ] as const)('%s, %s opens as %s', (kind, content_type, way) => {
    expect(wayToOpen({ ...artifact, kind, content_type })).toBe(way);
  });
});
