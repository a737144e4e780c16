import { visible } from '../../state/format.ts';

/** Text of several lines keeps them; direction and control characters in it do not act. */
export function visibleLines(text: string): string {
  return text
    .split('\n')
    .map((line) => visible(line))
    .join('\n');
}
