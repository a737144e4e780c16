import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Programs of a batch that end when the test says so: nothing is timed. */
export interface Gates {
  /** Lets a program, and every later start of it, go on to its end. */
  open(name: string, exitCode?: number): void;
  close(name: string): void;
  /** How often a program of this name was started. */
  starts(name: string): number;
}

const program = `
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
const [folder, name] = process.argv.slice(2);
const gate = \`\${folder}/\${name}.open\`;
appendFileSync(\`\${folder}/\${name}.starts\`, '|');
setInterval(() => { if (existsSync(gate)) process.exit(Number(readFileSync(gate, 'utf8'))); }, 50);
`;

/** Writes a batch file whose operations, of these names, wait at gates. */
export function writeGatedBatch(
  folder: string,
  file: string,
  jobName: string,
  names: readonly string[],
  maxParallel = 2,
): Gates {
  const gates = join(folder, 'gates', file);
  const script = join(folder, 'gates', 'wait.mjs');
  mkdirSync(gates, { recursive: true });
  writeFileSync(script, program);
  const operations = names.map((name) => ({
    name,
    type: 'command',
    program: process.execPath,
    args: [script, gates, name],
  }));
  const definition = { job_name: jobName, parallel_execution: true, max_parallel: maxParallel, operations };
  // JSON is YAML.
  writeFileSync(join(folder, file), JSON.stringify(definition, null, 2));
  const gate = (name: string): string => join(gates, `${name}.open`);
  return {
    open: (name, exitCode = 0) => {
      // In one step: the program must not read an empty file.
      writeFileSync(`${gate(name)}.new`, String(exitCode));
      renameSync(`${gate(name)}.new`, gate(name));
    },
    close: (name) => rmSync(gate(name), { force: true }),
    starts: (name) => readFileSync(join(gates, `${name}.starts`), 'utf8').length,
  };
}
