import { describe, expect, it } from 'vitest';
import { doctorReport } from '../../../../extension/commands/doctor/report.ts';

const now = new Date(2026, 0, 31, 12, 0, 0);

describe('the report of Doctor', () => {
  it('says first how things stand, then every finding, and what to do about it', () => {
    const report = doctorReport(
      [
        { title: 'This window', findings: [{ what: 'workspace trust', level: 'ok', message: 'trusted' }] },
        { title: 'Nothing', findings: [] },
        {
          title: 'Daemon',
          findings: [
            { what: 'daemon', level: 'error', message: 'did not start', mend: 'see the log' },
            { what: 'free space', level: 'warning', message: '0.5 GiB' },
          ],
        },
      ],
      now,
    );
    expect(report).toBe(`# Doctor: 1 thing to mend, 1 warning

2026-01-31 12:00:00

## This window

- ✔ workspace trust: trusted

## Daemon

- ✘ daemon: did not start
  - what to do: See the log.
- ⚠ free space: 0.5 GiB
`);
  });

  it('says when everything is in order', () => {
    const findings = [{ what: 'a', level: 'ok', message: 'b' } as const];
    expect(doctorReport([{ title: 'A', findings }], now)).toContain('# Doctor: everything is in order\n');
  });

  it('takes no markup from names and messages', () => {
    const findings = [{ what: 'a`b', level: 'ok', message: '[x](command:y)\n# z' } as const];
    const report = doctorReport([{ title: 'A', findings }], now);
    expect(report).toContain('``a`b``: `[x](command:y)\\n# z`');
    expect(report).not.toContain('\n# z');
  });
});
