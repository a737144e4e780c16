import type { Check } from './check.ts';
import { textColumns, textRule } from './textRule.ts';

/** Text is in one Unicode normalisation form. */
export const unicodeForm: Check<'unicode_form'> = {
  kind: 'unicode_form',
  run: (params, context) =>
    textRule(
      {
        ...params,
        allowed: params.max_violations,
        what: `are not in Unicode form ${params.form}`,
        columnsOn: (side) => textColumns(side, params.columns, context),
        // ASCII, which nearly all text is, is in every form: JavaScript sees the rest only.
        breaks: (text) =>
          `not regexp_full_match(${text}, '[[:ascii:]]*') and ob_unicode_form(${text}, '${params.form}') is distinct from ${text}`,
      },
      context,
    ),
};
