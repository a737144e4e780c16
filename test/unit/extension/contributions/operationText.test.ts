import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTime } from '../../../../daemon/client/text.ts';
import { cell, code, fenced, table } from '../../../../extension/contributions/documents/markdownText.ts';
import { renderOperation } from '../../../../extension/contributions/documents/operationText.ts';
import { evidence, failedPipeline, job, jobId, operation } from './samples.ts';

const render = (each: Parameters<typeof renderOperation>[1]): string =>
  renderOperation(job(), each, (path) => `file://${path}`);

describe('operation as Markdown', () => {
  it('tells status, error, checks, evidence, attempts and artifacts', () => {
    const started = formatTime('2026-01-31T10:00:00.000Z');
    expect(render(failedPipeline)).toBe(`# \`\` dim | \`customer\` \`\`: failed

- Result: \`2 checks: 1 failed (row_hash)\`
- Job: \`Daily\`, \`${jobId}\`
- Operation: op-0001, pipeline
- Started: ${started}
- Finished: ${formatTime('2026-01-31T10:00:01.500Z')}
- Took: 1.5 s

## Error

Kind: **checks_failed** (\`checks_failed\`)

\`\`\`text
1 of 2 checks failed.
\`\`\`

What to do:

\`\`\`text
Look at the rows.
\`\`\`

Stack:

\`\`\`text
Error: x
    at y
\`\`\`

## Checks

| check       | status | expected        | actual          | difference             | failing rows | time  |
| ----------- | ------ | --------------- | --------------- | ---------------------- | ------------ | ----- |
| \`row_count\` | passed | \`4000\`          | \`4000\`          |                        |              |       |
| \`row_hash\`  | failed | \`{"rows":4000}\` | \`{"rows":3999}\` | \`1 missing, 1 changed\` | 2            | 1.2 s |

### \`row_hash\`: failed

\`\`\`text
rows 1 missing in the target, 1 with other values
\`\`\`

Rows that differ: 1 missing, 1 changed.

| column | kind           | rows |
| ------ | -------------- | ---- |
| \`name\` | trailing_blank | 1    |

| key             | column | source value | target value | kind           |
| --------------- | ------ | ------------ | ------------ | -------------- |
| \`id=3\`          |        | there        | absent       | missing        |
| \`\` id=1\\|\`x\` \`\` | \`name\` | \`Ada\`        | \`"Ada "\`     | trailing_blank |

SQL of the source:

\`\`\`sql
select 1
\`\`\`

SQL of the target:

\`\`\`sql
select 2
\`\`\`

## Evidence

### Source: \`old\`

\`PostgreSQL 15.4\`, 4,000 rows read, \`repeatable read\`

\`\`\`sql
select "a"
from t
\`\`\`

### Target: \`new\`

\`DuckDB 1.5\`, 3,999 rows read

## Attempts

| attempt | started             | time  | error |
| ------- | ------------------- | ----- | ----- |
| 1       | ${started} | 1.5 s |       |

## Artifacts

- differences: \`rows.parquet\`, 2.0 KiB: <file:///data/rows.parquet>
`);
  });

  it('tells the details of an error', () => {
    const text = render(
      operation({
        status: 'failed',
        error: { kind: 'connection', code: 'unreachable', message: 'no', details: { port: 5432 } },
      }),
    );
    expect(text).toContain('Kind: **connection** (`unreachable`)');
    expect(text).toContain('Details:\n\n```json\n{\n  "port": 5432\n}\n```');
  });

  it('tells what a generation wrote and verified', () => {
    const text = render(
      operation({
        type: 'data_generation',
        status: 'completed',
        result: {
          type: 'data_generation',
          schema_type: 'Retail',
          tables: [{ table: 'fact_sales', rows: 20_000 }],
          seed: 42,
          faults_planted: { total: 3, by_kind: { rounding: 3 } },
          verified: [{ what: 'rows of fact_sales', expected: 20_000, actual: 20_000, sql: 'select 1' }],
          evidence: { ...evidence, source: undefined, target: undefined, rows_written: 20_000 },
        },
      }),
    );
    expect(text).toContain('## Generated: `Retail`, seed 42');
    expect(text).toContain('| `fact_sales` | 20,000 |');
    expect(text).toContain('### Planted faults: 3');
    expect(text).toContain('| `rows of fact_sales` | 20,000   | 20,000 |');
    expect(text).toContain('## Evidence\n\n20,000 rows written.\n');
  });

  it('tells the pipelines of a project, and the checks of those that failed', () => {
    const { result } = failedPipeline;
    const checks = result?.type === 'pipeline' ? result.checks : [];
    const text = render(
      operation({
        type: 'project_validation',
        status: 'failed',
        result: {
          type: 'project_validation',
          project_id: 'shop',
          pipelines: [
            { pipeline_id: 'a', status: 'completed', failing_checks: [] },
            { pipeline_id: 'b', status: 'failed', failing_checks: ['row_hash'], checks, evidence },
          ],
          summary: { total: 2, completed: 1, failed: 1 },
          evidence,
        },
      }),
    );
    expect(text).toContain('## Pipelines: 1 of 2 completed');
    expect(text).toContain('### `b`');
    expect(text).toContain('#### `row_hash`: failed');
    expect(text).toContain('### Source of `b`: `old`');
    expect(text).not.toContain('### `a`');
  });

  it('tells the catalog of an extraction and what was not readable', () => {
    const counts = {
      schemas: 1,
      tables: 2,
      views: 0,
      columns: 12,
      keys: 2,
      foreign_keys: 1,
      checks: 0,
      indexes: 3,
    };
    const text = render(
      operation({
        type: 'metadata_extraction',
        status: 'completed',
        result: {
          type: 'metadata_extraction',
          counts,
          row_counts: 'none',
          artifact_id: 'c',
          unreadable: [{ object: 'secret.t', reason: 'permission denied' }],
          evidence,
        },
      }),
    );
    expect(text).toContain('| foreign keys | 1     |');
    expect(text).toContain('| `secret.t` | `permission denied` |');
  });
});

describe('foreign text in Markdown', () => {
  it('never ends the code it stands in', () => {
    const text = fc.string({ unit: fc.constantFrom('`', ' ', 'a', '|', '\n', '<', '\\') });
    fc.assert(
      fc.property(text, (each) => {
        const span = code(each);
        const [fence = ''] = /^`+/.exec(span) ?? [];
        const inside = span.slice(fence.length, -fence.length);
        expect(span.endsWith(fence)).toBe(true);
        expect([...inside.matchAll(/`+/g)].map(([run]) => run.length)).not.toContain(fence.length);
        expect(inside.startsWith('`') || inside.endsWith('`')).toBe(false);
        expect(span).not.toContain('\n');
        expect(/(?<!\\)\|/.test(cell(each))).toBe(false);
      }),
    );
    fc.assert(
      fc.property(text, (each) => {
        const [fence = '', ...lines] = fenced(each, '').split('\n');
        expect(lines.pop()).toBe(fence);
        expect(lines.some((line) => line.includes(fence))).toBe(false);
      }),
    );
  });

  it('is cut where nobody reads on', () => {
    expect(cell('x'.repeat(100), 10)).toBe(`\`${'x'.repeat(9)}…\``);
    expect(fenced('a\n'.repeat(10), 'sql', 3)).toBe('```sql\na\na\na\n… 7 more lines\n```');
  });

  it('tables stand straight', () => {
    expect(table(['a', 'long name'], [['`1`', 'x']])).toBe(
      '| a   | long name |\n| --- | --------- |\n| `1` | x         |',
    );
  });
});
