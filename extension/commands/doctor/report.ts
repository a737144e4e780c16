/** The findings of Doctor as a document in Markdown. Free of vscode. */
import type { Finding } from '../../../daemon/client/doctor.ts';
import { formatTime, plural } from '../../../daemon/client/text.ts';
import { code } from '../../contributions/documents/markdownText.ts';
import { sentence } from '../words.ts';

export interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}

const marks = { ok: '✔', warning: '⚠', error: '✘' } as const;

/** Each section with its findings, and under what is wrong what to do. */
export function doctorReport(sections: readonly Section[], now: Date): string {
  const all = sections.flatMap(({ findings }) => findings);
  const parts = sections
    .filter(({ findings }) => findings.length > 0)
    .map(({ title, findings }) => `## ${title}\n\n${findings.map(linesOf).join('\n')}`);
  return [`# Doctor: ${verdict(all)}`, `${formatTime(now.toISOString())}`, ...parts].join('\n\n') + '\n';
}

function verdict(findings: readonly Finding[]): string {
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  if (errors + warnings === 0) return 'everything is in order';
  const counts = [
    errors > 0 ? `${plural(errors, 'thing')} to mend` : null,
    warnings > 0 ? plural(warnings, 'warning') : null,
  ];
  return counts.filter((count) => count !== null).join(', ');
}

function linesOf({ what, level, message, mend }: Finding): string {
  const line = `- ${marks[level]} ${said(what)}: ${said(message)}`;
  return mend === undefined ? line : `${line}\n  - what to do: ${sentence(mend)}`;
}

/** Names and messages come from files and databases: what could be markup stands in code, all else as it is. */
export function said(text: string): string {
  return /^[\p{L}\p{N} .,:;()'"/%·’“”_-]*$/u.test(text) ? text : code(text);
}
