import { quoteText } from '../../connections/ansiDialect.ts';
import type { CheckParameters } from '../../../protocol/files/checks.ts';
import type { Check } from './check.ts';
import { textColumns, textRule } from './textRule.ts';

const blank = '[\\s\\x{A0}\\x{2000}-\\x{200B}\\x{202F}\\x{3000}\\x{FEFF}]';
const patterns: Readonly<Record<CheckParameters<'whitespace'>['rules'][number], string>> = {
  leading: `^${blank}`,
  trailing: `${blank}$`,
  repeated: `${blank}{2}`,
  non_breaking: '[\\x{A0}\\x{2007}\\x{202F}\\x{200B}\\x{FEFF}]',
  line_breaks: '[\\r\\n\\x{85}\\x{2028}\\x{2029}]',
};

/** Text has no blanks where none belong. */
export const whitespace: Check<'whitespace'> = {
  kind: 'whitespace',
  run: (params, context) =>
    textRule(
      {
        ...params,
        allowed: params.max_violations,
        what: `have blanks that do not belong (${params.rules.join(', ')})`,
        columnsOn: (side) => textColumns(side, params.columns, context),
        breaks: (text) =>
          params.rules.map((rule) => `regexp_matches(${text}, ${quoteText(patterns[rule])})`).join(' or '),
      },
      context,
    ),
};
