import { choosePairs } from '../columns.ts';
import type { Check } from './check.ts';

/**
 * Columns are nullable, or not, alike. Files, queries and views do not say: with no column known on both sides the check is skipped
 * (and the pipeline not green), with some unknown it is at best a warning.
 */
export const schemaNullability: Check<'schema_nullability'> = {
  kind: 'schema_nullability',
  async run(params, { columns }) {
    const pairs = choosePairs(params.columns, columns);
    const known = pairs.filter(({ source, target }) => source.nullable !== null && target.nullable !== null);
    const unknown = pairs.filter((pair) => !known.includes(pair)).map(({ source }) => source.name);
    const different = known.filter(({ source, target }) => source.nullable !== target.nullable);
    const word = (nullable: boolean | null): string =>
      nullable === null ? 'unknown' : nullable ? 'nullable' : 'not null';
    const reasons = different.map(
      ({ source, target }) =>
        `${source.name} is ${word(source.nullable)} in the source and ${word(target.nullable)} in the target`,
    );
    if (unknown.length > 0) reasons.push(`not known on both sides: ${unknown.join(', ')}`);
    const quiet = unknown.length === 0 ? 'passed' : known.length === 0 ? 'skipped' : 'warning';
    return {
      status: different.length > 0 ? 'failed' : quiet,
      expected: Object.fromEntries(pairs.map(({ source }) => [source.name, word(source.nullable)])),
      actual: Object.fromEntries(pairs.map(({ source, target }) => [source.name, word(target.nullable)])),
      ...(reasons.length > 0 && { reason: reasons.join('; ') }),
    };
  },
};
