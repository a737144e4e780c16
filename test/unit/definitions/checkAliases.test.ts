import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../../daemon/definitions/document.ts';
import { parsePipeline } from '../../../daemon/definitions/pipeline.ts';
import { checkAliases, checkKinds } from '../../../daemon/protocol/files/checks.ts';

const parse = (checks: string) =>
  parsePipeline(
    parseDocument(
      'p.pipeline.yaml',
      `pipeline_id: p\nsource: { connection: a, table: t }\ntarget: { connection: b, table: t }\nkeys: [id]\nchecks:\n${checks}`,
    ),
  );

describe('names of the earlier system', () => {
  it('are each one check, or a group of them, that exists', () => {
    for (const [alias, kinds] of Object.entries(checkAliases)) {
      expect(checkKinds, alias).not.toContain(alias);
      for (const kind of kinds) expect(checkKinds).toContain(kind);
    }
  });

  it('take the parameters of their check, which results call by its own name', () => {
    const { spec, diagnostics } = parse(
      '  - record_counts: { tolerance: { pct: 1 } }\n  - validate_nulls\n  - domain_values: { column: status, values: [a] }\n',
    );
    expect(diagnostics).toEqual([]);
    expect(spec?.checks).toMatchObject([
      { check: 'row_count', name: 'row_count', params: { tolerance: { pct: 1 } } },
      { check: 'null_count', name: 'null_count' },
      { check: 'accepted_values', name: 'accepted_values(status)' },
    ]);
  });

  it('do not hide a mistake in the parameters', () => {
    const { spec, diagnostics } = parse('  - record_counts: { tolerence: { pct: 1 } }\n');
    expect(spec).toBeNull();
    expect(diagnostics[0]).toMatchObject({ code: 'unknown_key' });
    expect(parse('  - schema: { columns: [a] }\n').diagnostics[0]?.message).toMatch(/takes no parameters/);
  });

  it('and rows that cannot pair are told before anything runs', () => {
    const bare = parseDocument(
      'p.pipeline.yaml',
      `pipeline_id: p\nsource: { connection: a, table: t }\ntarget: { connection: b, table: t }\nchecks: [row_sample]\n`,
    );
    expect(parsePipeline(bare).diagnostics[0]?.message).toBe('row_sample needs rows that pair');
  });
});
