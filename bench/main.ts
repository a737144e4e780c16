/** `npm run bench -- NAME… [options]`: runs benchmarks one after the other. Without a name: lists them. */
import { parseArgs } from 'node:util';
import type { Bench } from './support/bench.ts';

const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  jobEngine: async () => (await import('./jobEngine.ts')).jobEngine,
  startup: async () => (await import('./startup.ts')).startup,
  generation: async () => (await import('./generation.ts')).generation,
  metadata: async () => (await import('./metadata.ts')).metadata,
  dashboard: async () => (await import('./dashboard.ts')).dashboard,
  validation: async () => (await import('./validation.ts')).validation,
  extension: async () => (await import('./extension.ts')).extension,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    operations: { type: 'string', multiple: true },
    rounds: { type: 'string' },
    kills: { type: 'string' },
    minutes: { type: 'string' },
    rows: { type: 'string' },
  },
});

const wholeNumber = (text: string, what: string): number => {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new Error(`--${what} ${text}: write a whole number`);
};

const optional = (name: 'rounds' | 'kills' | 'minutes' | 'rows'): number | undefined => {
  const text = values[name];
  return text === undefined ? undefined : wholeNumber(text, name);
};

const unknown = positionals.filter((name) => benches[name] === undefined);
if (positionals.length === 0 || unknown.length > 0) {
  const complaint = unknown.length > 0 ? `there is no bench ${unknown.join(', ')}\n` : '';
  console.error(`${complaint}benches: ${Object.keys(benches).join(', ')}`);
  console.error('options: --operations N (again for more), --rounds N, --kills N, --minutes N, --rows N');
  process.exitCode = 2;
} else {
  for (const name of positionals) {
    const bench = await benches[name]?.();
    await bench?.({
      operations: values.operations?.map((text) => wholeNumber(text, 'operations')),
      rounds: optional('rounds'),
      kills: optional('kills'),
      minutes: optional('minutes'),
      rows: optional('rows'),
    });
  }
}
