import { quoteText } from '../../connections/ansiDialect.ts';
import type { Check } from './check.ts';
import { textColumns, textRule } from './textRule.ts';

/**
 * Text that was read in another code: lead bytes of UTF-8 as Latin-1 letters, followed by what its further bytes become in Latin-1 or
 * windows-1252; and U+FFFD. Of the two-byte leads only those of Latin, Greek, Cyrillic, Hebrew and Arabic letters: others stand in good text
 * before a quotation mark (Spaß”).
 */
const trail = '[\\x{80}-\\x{BF}€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]';
const mojibake = `([ÂÃÄÅÎÏÐÑ×ØÙ]${trail}|[âãäåæçèéï]${trail}{2}|[ð-ô]${trail}{3}|\\x{FFFD})`;
const control = '[\\x{00}-\\x{08}\\x{0B}\\x{0C}\\x{0E}-\\x{1F}\\x{7F}\\x{80}-\\x{9F}]';

/** Text is free of mojibake, replacement characters and control characters. */
export const charset: Check<'charset'> = {
  kind: 'charset',
  run: (params, context) =>
    textRule(
      {
        ...params,
        allowed: params.max_violations,
        what: 'have mojibake, replacement or control characters',
        columnsOn: (side) => textColumns(side, params.columns, context),
        breaks: (text) =>
          [mojibake, ...(params.control ? [control] : [])]
            .map((pattern) => `regexp_matches(${text}, ${quoteText(pattern)})`)
            .join(' or '),
      },
      context,
    ),
};
