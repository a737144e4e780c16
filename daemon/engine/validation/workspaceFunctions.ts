import {
  DuckDBScalarFunction,
  INTEGER,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBType,
} from '@duckdb/node-api';
import { hasCheckDigit, type ChecksumKind } from './checkDigits.ts';
import { memberTexts, normalJson } from './jsonNormal.ts';
import { atScale, compareNumbers, plainNumber } from './numbers.ts';
import { isKept } from './strategies/framedRows.ts';

/**
 * Gives a workspace the functions that comparisons use and DuckDB has not: `ob_normal_json(text)`, `ob_json_members(object, names)`
 * (names and answer are JSON arrays), `ob_plain_number(text)`,
 * `ob_at_scale(text, scale, 'round' | 'truncate')`, `ob_within(expected, actual, abs, pct)` and
 * `ob_check_digit(text, kind)` and `ob_kept(framed key, filter)`, which say 'yes' or 'no', and `ob_unicode_form(text, 'NFC' | 'NFD')`. NULL in, NULL out. They run in JavaScript, so comparisons call them only
 * where no native expression is exact.
 */
export function registerFunctions(workspace: DuckDBConnection): void {
  register(workspace, 'ob_normal_json', [VARCHAR], ([text]) => normalJson(String(text)));
  register(workspace, 'ob_json_members', [VARCHAR, VARCHAR], ([text, names]) =>
    JSON.stringify(memberTexts(String(text), JSON.parse(String(names)) as string[])),
  );
  register(workspace, 'ob_plain_number', [VARCHAR], ([text]) => plainNumber(String(text)));
  register(workspace, 'ob_at_scale', [VARCHAR, INTEGER, VARCHAR], ([text, scale, mode]) =>
    atScale(String(text), Number(scale), mode === 'round' ? 'round' : 'truncate'),
  );
  register(workspace, 'ob_within', [VARCHAR, VARCHAR, VARCHAR, VARCHAR], ([expected, actual, abs, pct]) => {
    const tolerance = { abs: Number(abs), pct: Number(pct) };
    return compareNumbers(String(expected), String(actual), tolerance).equal ? 'yes' : 'no';
  });
  register(workspace, 'ob_check_digit', [VARCHAR, VARCHAR], ([text, kind]) =>
    hasCheckDigit(String(text), String(kind) as ChecksumKind) ? 'yes' : 'no',
  );
  register(workspace, 'ob_kept', [VARCHAR, VARCHAR], ([framed, id]) =>
    isKept(String(framed), String(id)) ? 'yes' : 'no',
  );
  register(workspace, 'ob_unicode_form', [VARCHAR, VARCHAR], ([text, form]) =>
    String(text).normalize(String(form)),
  );
}

function register(
  workspace: DuckDBConnection,
  name: string,
  parameterTypes: readonly DuckDBType[],
  compute: (values: readonly unknown[]) => string,
): void {
  const definition = DuckDBScalarFunction.create({
    name,
    returnType: VARCHAR,
    parameterTypes,
    mainFunction: (_info, chunk, output) => {
      const columns = parameterTypes.map((_type, index) => chunk.getColumnVector(index));
      for (let row = 0; row < chunk.rowCount; row += 1) {
        const values = columns.map((column) => column.getItem(row) as unknown);
        output.setItem(row, values.includes(null) ? null : compute(values));
      }
      output.flush();
    },
  });
  workspace.registerScalarFunction(definition);
}
