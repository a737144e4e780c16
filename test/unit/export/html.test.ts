import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../daemon/protocol/entities.ts';
import { exportJob } from '../../../daemon/server/jobs/export/exportJob.ts';
import {
  evidence,
  failedCheck,
  passedCheck,
  pipelineResult,
  sampleJob,
  sampleOperation,
} from './sampleJob.ts';

async function pageOf(operations: Operation[], jobName = 'Daily validation'): Promise<string> {
  const { content, content_type } = await exportJob('html', sampleJob({ job_name: jobName }), operations);
  expect(content_type).toBe('text/html; charset=utf-8');
  return content;
}
/** What a reader sees: without markup. */
const textOf = (page: string): string =>
  page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

describe('html export', () => {
  it('shows summary, checks, differences by column, samples and evidence', async () => {
    const error = {
      kind: 'checks_failed',
      code: 'x',
      message: '1 of 2 checks failed',
      hint: 'look at note',
    } as const;
    const result = pipelineResult([passedCheck, failedCheck]);
    const text = textOf(await pageOf([sampleOperation({ status: 'failed', error, result })]));
    for (const part of [
      'Daily validation',
      'partial_success',
      '1998',
      'checks_failed: 1 of 2 checks failed',
      'look at note',
      'row_count passed 1000 1000',
      'every row failed {&quot;rows&quot;:1000} {&quot;rows&quot;:998} 3 2 rows missing, 1 row differs',
      'note null_vs_empty 1',
      'value {&quot;id&quot;:&quot;7&quot;} note NULL empty text null_vs_empty',
      'source legacy PostgreSQL 15.18 1000 repeatable read',
      'target warehouse DuckDB 1.5.6 998',
      'select count(*) from &quot;public&quot;.&quot;customer&quot; where note &lt;&gt; &#39;&lt;&amp;&gt;&#39;',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('a missing row shows no NULLs, which would say something about its data', async () => {
    const check = { ...failedCheck, samples: failedCheck.samples.slice(1) };
    const page = await pageOf([sampleOperation({ status: 'failed', result: pipelineResult([check]) })]);
    expect(page).not.toContain('NULL');
  });

  it('shows the results of the other kinds of operation', async () => {
    const text = textOf(
      await pageOf([
        sampleOperation({
          type: 'data_generation',
          result: {
            type: 'data_generation',
            schema_type: 'Retail',
            tables: [{ table: 'fact_sales', rows: 12345 }],
            seed: 42,
            faults_planted: { total: 3, by_kind: { rounding: 3 } },
            verified: [{ what: 'rows of fact_sales', expected: 12345, actual: 12344, sql: 'select 1' }],
            evidence: { ...evidence, rows_written: 12345 },
          },
        }),
        sampleOperation({
          index: 1,
          type: 'metadata_extraction',
          result: {
            type: 'metadata_extraction',
            counts: {
              schemas: 1,
              tables: 2,
              views: 0,
              columns: 9,
              keys: 2,
              foreign_keys: 1,
              checks: 0,
              indexes: 3,
            },
            row_counts: 'exact',
            artifact_id: 'catalog',
            unreadable: [{ object: 'public.secret', reason: 'permission denied' }],
            evidence,
          },
        }),
        sampleOperation({
          index: 2,
          type: 'command',
          status: 'failed',
          result: {
            type: 'command',
            exit_code: 7,
            log_artifact_id: 'log',
            log_truncated: false,
            evidence: { started_at: evidence.started_at, finished_at: evidence.finished_at },
          },
          artifacts: [
            {
              artifact_id: 'log',
              name: 'out.log',
              kind: 'log',
              content_type: 'text/plain',
              path: '/a/out.log',
              bytes: 9,
            },
          ],
        }),
      ]),
    );
    for (const part of [
      'fact_sales 12345',
      'rounding 3',
      'rows of fact_sales 12345 12344',
      '12345 rows written',
      'columns 9',
      'public.secret permission denied',
      'Exit code 7',
      'out.log log 9 /a/out.log',
    ]) {
      expect(text).toContain(part);
    }
  });

  it.each([
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "</title></style><b>'",
    '&lt;',
    '\u0000<i>',
  ])('lets %j in as text only, wherever it stands', async (hostile) => {
    const check = {
      ...failedCheck,
      name: hostile,
      reason: hostile,
      expected: hostile,
      samples: [{ [hostile]: hostile, key: { [hostile]: hostile } }],
    };
    const error = { kind: 'checks_failed', code: 'x', message: hostile, hint: hostile } as const;
    const plain = await pageOf([
      sampleOperation({ status: 'failed', result: pipelineResult([failedCheck]) }),
    ]);
    const page = await pageOf(
      [sampleOperation({ name: hostile, status: 'failed', error, result: pipelineResult([check]) })],
      hostile,
    );
    const tagsOf = (text: string) => new Set([...text.matchAll(/<\/?([a-z!][\w-]*)/gi)].map(([tag]) => tag));
    for (const tag of tagsOf(page)) expect([...tagsOf(plain), '<a', '</a']).toContain(tag);
    expect(page).not.toContain(hostile === '&lt;' ? '>&lt;<' : hostile);
    expect(page).not.toContain('\u0000');
  });

  it('keeps text that turns direction inside its own element', async () => {
    const page = await pageOf([sampleOperation({ name: '\u202Egnp.exe' })]);
    const [, ...after] = page.split('\u202Egnp.exe');
    expect(after.length).toBeGreaterThan(0);
    for (const rest of after) expect(rest).toMatch(/^<\/bdi>/);
  });

  it('runs and loads nothing', async () => {
    const page = await pageOf([sampleOperation({ result: pipelineResult([failedCheck]) })]);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|javascript:|\son\w+=/i);
  });
});
