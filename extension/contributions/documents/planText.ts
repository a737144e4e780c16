import { formatCount, formatDuration, oneLine, plural } from '../../../daemon/client/text.ts';
import type { Diagnostic } from '../../../daemon/protocol/errors.ts';
import type { Plan } from '../../../daemon/protocol/answers.ts';
import { yamlList, yamlScalar } from './yamlScalar.ts';

const maxOperations = 2000;

/** The answer of a dry run as YAML: what would run, after what, where, and within which limits. `linkTo` turns a place into a URI. */
export function renderPlan(
  plan: Plan,
  linkTo: (file: string, line: number, column: number) => string,
): string {
  const sections = [
    [
      `# Dry run: nothing was run. ${plural(plan.total_operations, 'operation')}, at most ${plan.max_parallel} at once.`,
      `job_name: ${yamlScalar(plan.job_name)}`,
      `job_type: ${plan.job_type}`,
      `project_id: ${plan.project_id === null ? 'null' : yamlScalar(plan.project_id)}`,
      `total_operations: ${plan.total_operations}`,
      `max_parallel: ${plan.max_parallel}`,
    ],
    diagnosticLines(plan.diagnostics, linkTo),
    connectionLines(plan),
    operationLines(plan),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function diagnosticLines(
  diagnostics: readonly Diagnostic[],
  linkTo: (file: string, line: number, column: number) => string,
): string[] {
  if (diagnostics.length === 0) return [];
  return [
    'diagnostics:',
    ...diagnostics.flatMap(({ severity, message, hint, file, line, column }) => [
      `  - ${severity}: ${JSON.stringify(oneLine(message))}`,
      ...(hint === undefined ? [] : [`    hint: ${JSON.stringify(oneLine(hint))}`]),
      // Nobody wrote the lines of a request, so a place in it would send people looking for a file.
      ...(file.startsWith('(') ? [] : [`    at: <${linkTo(file, line, column)}>`]),
    ]),
  ];
}

/** How many operations need each connection: who waits for whom when a connection has a limit of its own. */
function connectionLines({ operations }: Plan): string[] {
  const uses = new Map<string, number>();
  for (const { connections } of operations)
    for (const name of new Set(connections)) uses.set(name, (uses.get(name) ?? 0) + 1);
  if (uses.size === 0) return [];
  const lines = [...uses].map(([name, count]) => `  ${yamlScalar(name)}: ${plural(count, 'operation')}`);
  return ['connections:', ...lines];
}

function operationLines({ operations, total_operations: total }: Plan): string[] {
  const names = new Map(operations.map(({ operation_id, name }) => [operation_id, name]));
  const shown = operations.slice(0, maxOperations).flatMap((operation) => [
    `  - ${operation.operation_id}: ${yamlScalar(operation.name)}`,
    `    does: ${yamlScalar(oneLine(operation.description))}`,
    // By name, as in the batch file, whatever the plan names them by.
    `    after: ${operation.depends_on.length === 0 ? 'nothing' : yamlList(operation.depends_on.map((id) => names.get(id) ?? id))}`,
    `    connections: ${yamlList(operation.connections)}`,
    `    timeout: ${operation.timeout_ms === null ? 'none' : formatDuration(operation.timeout_ms)}`,
    `    attempts: ${operation.max_attempts}`,
  ]);
  const hidden = total - Math.min(operations.length, maxOperations);
  return [
    'operations:',
    ...shown,
    ...(hidden > 0 ? [`# … and ${formatCount(hidden)} more operations, which are not shown.`] : []),
  ];
}
