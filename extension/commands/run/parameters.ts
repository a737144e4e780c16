/** Values for the parameters of a template, from what a person types. Free of vscode. */
import type { ParameterValues } from '../../../daemon/protocol/files/batch.ts';
import type { WorkspaceBatchFile } from '../../../daemon/protocol/language.ts';

export type Parameter = WorkspaceBatchFile['parameters'][number];
export type ParameterValue = ParameterValues[string];

const typeWords: Readonly<Record<string, string>> = {
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
};

/** The typed text as the parameter's type, or what is wrong with it. The daemon looks at it again by the same rules. */
export function readParameter(
  parameter: Parameter,
  text: string,
): { value: ParameterValue } | { problem: string } {
  const value = typed(parameter.type, text);
  if (value === undefined) return { problem: `Expected ${typeWords[parameter.type] ?? 'text'}` };
  const choices = parameter.choices?.map(String);
  if (choices !== undefined && !choices.includes(String(value))) {
    return { problem: `Expected one of ${choices.join(', ')}` };
  }
  return { value };
}

function typed(type: string, text: string): ParameterValue | undefined {
  const trimmed = text.trim();
  switch (type) {
    case 'boolean':
      return trimmed === 'true' ? true : trimmed === 'false' ? false : undefined;
    case 'integer': {
      const number = trimmed === '' ? NaN : Number(trimmed);
      return Number.isSafeInteger(number) ? number : undefined;
    }
    case 'number': {
      const number = trimmed === '' ? NaN : Number(trimmed);
      return Number.isFinite(number) ? number : undefined;
    }
    default:
      return text;
  }
}

/** The values to choose from where there are few: those of `enum`, or true and false. */
export function choicesOf(parameter: Parameter): readonly ParameterValue[] | undefined {
  if (parameter.choices !== undefined) return parameter.choices as ParameterValue[];
  return parameter.type === 'boolean' ? [true, false] : undefined;
}

/** `rows = 20000, faults = 155`. */
export function describeDefaults(parameters: readonly Parameter[]): string {
  return parameters.map(({ name, default: value }) => `${name} = ${String(value)}`).join(', ');
}

/** Parameters without a value that the daemon missed, by its diagnostics: of files that are not in the workspace. */
export function missingParameters(messages: readonly string[]): Parameter[] {
  return messages.flatMap((message) => {
    const name = /^parameter "([^"]+)" has no value$/.exec(message)?.[1];
    return name === undefined ? [] : [{ name, type: 'string', is_required: true }];
  });
}
