import { DOMParser, type Element } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../daemon/protocol/entities.ts';
import { exportJob } from '../../../daemon/server/jobs/export/exportJob.ts';
import { failedCheck, passedCheck, pipelineResult, sampleJob, sampleOperation } from './sampleJob.ts';

/** The export read by a strict XML parser: anything ill-formed throws. */
async function suitesOf(operations: Operation[], jobName = 'Daily validation'): Promise<Element> {
  const { content } = await exportJob('junit', sampleJob({ job_name: jobName }), operations);
  const parser = new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`);
    },
  });
  return parser.parseFromString(content, 'text/xml').documentElement!;
}
const all = (element: Element, tag: string): Element[] => [...element.getElementsByTagName(tag)];
const attributes = (element: Element, ...names: string[]) => names.map((name) => element.getAttribute(name));

describe('junit export', () => {
  it('has a suite for each operation and a case for each check, with totals that agree', async () => {
    const result = pipelineResult([passedCheck, failedCheck]);
    const error = { kind: 'checks_failed', code: 'checks_failed', message: '1 of 2 checks failed' } as const;
    const root = await suitesOf([
      sampleOperation({ result: pipelineResult([passedCheck]) }),
      sampleOperation({ index: 1, name: 'fact_sales', status: 'failed', result, error }),
    ]);
    expect(root.tagName).toBe('testsuites');
    expect(attributes(root, 'name', 'tests', 'failures', 'errors', 'skipped')).toEqual([
      'Daily validation',
      '3',
      '1',
      '0',
      '0',
    ]);
    const suites = all(root, 'testsuite');
    expect(suites.map((suite) => attributes(suite, 'name', 'tests', 'failures', 'time'))).toEqual([
      ['dim_customer', '1', '0', '2.5'],
      ['fact_sales', '2', '1', '2.5'],
    ]);
    const cases = all(suites[1]!, 'testcase');
    expect(cases.map((one) => attributes(one, 'classname', 'name'))).toEqual([
      ['Daily validation.fact_sales', 'row_count'],
      ['Daily validation.fact_sales', 'every row'],
    ]);
    const failure = all(cases[1]!, 'failure')[0]!;
    expect(attributes(failure, 'message', 'type')).toEqual(['2 rows missing, 1 row differs', 'row_hash']);
    expect(failure.textContent).toContain('note: null_vs_empty, 1 row');
    expect(failure.textContent).toContain('"target_value":""');
  });

  it.each([
    ['failed', 'errors'],
    ['cancelled', 'errors'],
    ['skipped', 'skipped'],
    ['pending', 'skipped'],
    ['running', 'skipped'],
  ] as const)('an operation that is %s is counted as %s, never as passed', async (status, counted) => {
    const error = { kind: 'timeout', code: 'deadline_exceeded', message: 'too long' } as const;
    const root = await suitesOf([sampleOperation({ status, ...(status === 'failed' ? { error } : {}) })]);
    expect(attributes(root, 'tests', counted)).toEqual(['1', '1']);
  });

  it('says the timeout of an operation whose checks so far passed', async () => {
    const error = { kind: 'timeout', code: 'deadline_exceeded', message: 'ran longer than 30m' } as const;
    const result = pipelineResult([passedCheck]);
    const root = await suitesOf([sampleOperation({ status: 'failed', error, result })]);
    expect(attributes(root, 'tests', 'failures', 'errors')).toEqual(['2', '0', '1']);
    expect(all(root, 'error')[0]?.getAttribute('message')).toBe('timeout: ran longer than 30m');
  });

  it('a check that errored is an error, a skipped one skipped, a warning passes and says so', async () => {
    const root = await suitesOf([
      sampleOperation({
        result: pipelineResult([
          { ...passedCheck, name: 'w', status: 'warning', severity: 'warn', reason: 'late rows' },
          { ...passedCheck, name: 's', status: 'skipped', reason: 'no keys' },
          { ...passedCheck, name: 'e', status: 'error', reason: 'no such column' },
        ]),
      }),
    ]);
    expect(attributes(root, 'tests', 'failures', 'errors', 'skipped')).toEqual(['3', '0', '1', '1']);
    const [warned, skipped] = all(root, 'system-out').map((out) => out.textContent);
    expect(warned).toContain('warning: late rows');
    expect(skipped).toContain('skipped: no keys');
  });

  it.each([
    ['<script>&"\'</script>', '<script>&"\'</script>'],
    [']]><x/>', ']]><x/>'],
    ['bell\u0007 null\u0000 esc\u001B', 'bell null esc'],
    ['lone \uD800 surrogate \uDC00', 'lone  surrogate '],
    ['\uFFFE\uFFFFnon-characters', 'non-characters'],
    ['\u202Egnp.exe 😀', '\u202Egnp.exe 😀'],
  ])('keeps %j well-formed', async (hostile, expected) => {
    const check = { ...failedCheck, name: hostile, reason: hostile, actual: hostile };
    const operation = sampleOperation({ name: hostile, status: 'failed', result: pipelineResult([check]) });
    const root = await suitesOf([operation], hostile);
    expect(root.getAttribute('name')).toBe(expected);
    expect(all(root, 'testcase')[0]?.getAttribute('name')).toBe(expected);
    expect(all(root, 'failure')[0]?.textContent).toContain(`actual: ${expected}`);
  });
});
