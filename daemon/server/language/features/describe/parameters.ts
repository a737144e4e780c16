import { isRecord } from '../../../../definitions/values.ts';

/** Type, default and choices of a parameter as it is declared, in few words; its description. */
export function parameterText(declared: unknown): { detail: string; documentation?: string } {
  const full = isRecord(declared) ? declared : { default: declared };
  const { type, default: preset, enum: choices, description } = full;
  const first = preset ?? (Array.isArray(choices) ? (choices[0] as unknown) : undefined);
  const parts = [
    typeof type === 'string' ? type : typeName(first),
    preset === undefined || preset === null ? 'needs a value' : `default ${JSON.stringify(preset)}`,
    ...(Array.isArray(choices)
      ? [`one of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}`]
      : []),
  ];
  return {
    detail: parts.join(' · '),
    ...(typeof description === 'string' ? { documentation: description } : {}),
  };
}

function typeName(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? typeof value : 'string';
}
