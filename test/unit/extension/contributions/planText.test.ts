import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Plan } from '../../../../daemon/protocol/answers.ts';
import { renderPlan } from '../../../../extension/contributions/documents/planText.ts';
import { yamlList, yamlScalar } from '../../../../extension/contributions/documents/yamlScalar.ts';

const plan: Plan = {
  dry_run: true,
  job_name: 'Daily: validation',
  job_type: 'bulk_pipeline_execution',
  project_id: 'retail',
  max_parallel: 3,
  total_operations: 2,
  operations: [
    {
      operation_id: 'op-0001',
      name: 'dim_customer',
      type: 'pipeline',
      depends_on: [],
      connections: ['legacy', 'warehouse'],
      timeout_ms: 1_800_000,
      max_attempts: 3,
      description: 'legacy.dim_customer ⇄ warehouse.dim_customer: 6 checks',
    },
    {
      operation_id: 'op-0002',
      name: 'true',
      type: 'pipeline',
      depends_on: ['dim_customer'],
      connections: ['warehouse'],
      timeout_ms: null,
      max_attempts: 1,
      description: 'x',
    },
  ],
  diagnostics: [
    {
      file: '/p/daily.batch.yaml',
      line: 3,
      column: 5,
      end_line: 3,
      end_column: 9,
      severity: 'warning',
      code: 'w',
      message: 'a "literal"\npassword',
      hint: 'use ${secret:NAME}',
    },
  ],
};
const link = (file: string, line: number, column: number): string => `file://${file}#L${line},${column}`;

describe('plan as YAML', () => {
  it('says what runs, after what, where and within which limits', () => {
    expect(renderPlan(plan, link)).toBe(`# Dry run: nothing was run. 2 operations, at most 3 at once.
job_name: "Daily: validation"
job_type: bulk_pipeline_execution
project_id: retail
total_operations: 2
max_parallel: 3

diagnostics:
  - warning: "a \\"literal\\" password"
    hint: "use \${secret:NAME}"
    at: <file:///p/daily.batch.yaml#L3,5>

connections:
  legacy: 1 operation
  warehouse: 2 operations

operations:
  - op-0001: dim_customer
    does: "legacy.dim_customer ⇄ warehouse.dim_customer: 6 checks"
    after: nothing
    connections: [legacy, warehouse]
    timeout: 30 m
    attempts: 3
  - op-0002: "true"
    does: x
    after: [dim_customer]
    connections: [warehouse]
    timeout: none
    attempts: 1
`);
  });

  it('is read by YAML as what it says', () => {
    const read = parse(renderPlan(plan, link)) as Record<string, Record<string, unknown>[]>;
    expect(read['job_name']).toBe('Daily: validation');
    expect(read['operations']?.[1]?.['op-0002']).toBe('true');
  });

  it('of very many operations shows the first and says so', () => {
    const operations = Array.from({ length: 3000 }, () => plan.operations[0] as Plan['operations'][number]);
    const text = renderPlan({ ...plan, operations, total_operations: 3000 }, link);
    expect(text.match(/does: /g)).toHaveLength(2000);
    expect(text).toContain('# … and 1,000 more operations, which are not shown.');
  });

  it('scalars and lists read back as they were', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        'null',
        'Yes',
        '1',
        '1e3',
        '0x1',
        '- a',
        'a: b',
        'a #b',
        '[',
        ' a',
        '~',
        '2026-01-31',
        '.inf',
        '=',
      ),
    );
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        expect(texts.map((each) => parse(`a: ${yamlScalar(each)}`) as unknown)).toEqual(
          texts.map((each) => ({ a: each })),
        );
        expect(parse(`a: ${yamlList(texts)}`)).toEqual({ a: texts });
      }),
      { numRuns: 500 },
    );
  });
});
