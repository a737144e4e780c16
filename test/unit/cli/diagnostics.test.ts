import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { renderDiagnostic } from '../../../daemon/cli/view/diagnostics.ts';
import type { Diagnostic } from '../../../daemon/protocol/errors.ts';

const colors = picocolors.createColors(false);
const text = ['job_name: Daily', 'pipelines:', '\t- pipeline_id: dim_custmer', '名前: 値'];
const context = {
  cwd: '/project',
  colors,
  lines: (file: string) => (file === '/project/a.yaml' ? text : null),
};

function at(line: number, column: number, end: number, more: Partial<Diagnostic> = {}): Diagnostic {
  return {
    file: '/project/a.yaml',
    line,
    column,
    end_line: line,
    end_column: end,
    severity: 'error',
    code: 'unknown_pipeline',
    message: 'no pipeline "dim_custmer"',
    ...more,
  };
}

describe('a diagnostic for a person', () => {
  it('names file, line and column, shows the place with a caret, and says what to write instead', () => {
    expect(
      renderDiagnostic(at(3, 17, 28, { hint: 'did you mean dim_customer?' }), context).split('\n'),
    ).toEqual([
      'a.yaml:3:17: error: no pipeline "dim_custmer"',
      '  3 |  - pipeline_id: dim_custmer',
      `    | ${' '.repeat(16)}${'^'.repeat(11)}`,
      '  hint: did you mean dim_customer?',
    ]);
  });

  it('puts the caret right after characters of two columns', () => {
    const [, line, caret] = renderDiagnostic(at(4, 5, 6), context).split('\n');
    expect(line).toBe('  4 | 名前: 値');
    expect(caret).toBe('    |       ^^');
  });

  it('marks to the end of the line what goes on in the next one', () => {
    const [, , caret] = renderDiagnostic(at(1, 11, 3, { end_line: 3 }), context).split('\n');
    expect(caret).toBe(`    | ${' '.repeat(10)}${'^'.repeat(5)}`);
  });

  it('does without an excerpt of a file that cannot be read', () => {
    const file = '/elsewhere/b.yaml';
    expect(renderDiagnostic(at(9, 1, 2, { file, severity: 'warning' }), context)).toBe(
      `${file}:9:1: warning: no pipeline "dim_custmer"`,
    );
  });

  it('names no place in a request, whose lines nobody wrote', () => {
    expect(renderDiagnostic(at(9, 1, 2, { file: '(request)', hint: 'did you mean x?' }), context)).toBe(
      'error: no pipeline "dim_custmer"\n  hint: did you mean x?',
    );
  });
});
