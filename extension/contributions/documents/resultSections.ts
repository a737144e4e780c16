import { formatCount, plural } from '../../../daemon/client/text.ts';
import type { OperationResult, ProjectResult, SideEvidence } from '../../../daemon/protocol/results.ts';
import { renderChecks } from './checkSections.ts';
import { cell, code, fenced, table } from './markdownText.ts';

/** What an operation found or made, by its type. */
export function renderResult(result: OperationResult): string[] {
  switch (result.type) {
    case 'pipeline':
      return ['## Checks', ...renderChecks(result.checks, 3)];
    case 'project_validation':
      return renderProject(result);
    case 'data_generation':
      return [
        `## Generated: ${code(result.schema_type)}, seed ${result.seed}`,
        table(
          ['table', 'rows'],
          result.tables.map((each) => [cell(each.table), formatCount(each.rows)]),
        ),
        ...faultLines(result.faults_planted),
        '### Verified after loading',
        table(
          ['what', 'expected', 'actual'],
          result.verified.map((each) => [
            cell(each.what),
            formatCount(each.expected),
            formatCount(each.actual),
          ]),
        ),
      ];
    case 'metadata_extraction':
      return [
        '## Catalog',
        table(
          ['what', 'count'],
          Object.entries(result.counts).map(([what, count]) => [
            what.replaceAll('_', ' '),
            formatCount(count),
          ]),
        ),
        ...(result.unreadable.length === 0
          ? []
          : [
              '### Could not be read',
              table(
                ['object', 'reason'],
                result.unreadable.slice(0, 200).map((each) => [cell(each.object), cell(each.reason, 200)]),
              ),
            ]),
      ];
    case 'command':
      return [
        result.signal === undefined
          ? `Exit code: **${result.exit_code ?? 'none'}**`
          : `Ended by the signal ${code(result.signal)}`,
      ];
    case 'noop':
      return [];
  }
}

function faultLines(planted: { total: number; by_kind: Record<string, number> } | undefined): string[] {
  if (planted === undefined) return [];
  return [
    `### Planted faults: ${formatCount(planted.total)}`,
    table(
      ['kind', 'faults'],
      Object.entries(planted.by_kind).map(([kind, faults]) => [kind, formatCount(faults)]),
    ),
    'Where each one is stands in the table `_faults` of the target.',
  ];
}

function renderProject({ pipelines, summary }: ProjectResult): string[] {
  const rows = pipelines.map((each) => [
    cell(each.pipeline_id),
    each.status,
    cell(each.failing_checks.join(', ')),
    cell(each.error === undefined ? '' : `${each.error.kind}: ${each.error.message}`, 200),
  ]);
  const head = `## Pipelines: ${formatCount(summary.completed)} of ${formatCount(summary.total)} completed`;
  const failed = pipelines.filter(({ status, checks }) => status === 'failed' && checks !== undefined);
  return [
    head,
    table(['pipeline', 'status', 'failing checks', 'error'], rows),
    ...failed.flatMap((each) => [`### ${code(each.pipeline_id)}`, ...renderChecks(each.checks ?? [], 4)]),
  ];
}

/** What was really read and written, with the statements. */
export function renderEvidence(result: OperationResult): string[] {
  const { evidence } = result;
  const sides = (['source', 'target'] as const).flatMap((name) => {
    const side = evidence[name];
    return side === undefined ? [] : sideLines(name, side);
  });
  const written =
    evidence.rows_written === undefined ? [] : [`${plural(evidence.rows_written, 'row')} written.`];
  const ofPipelines =
    result.type === 'project_validation'
      ? result.pipelines.flatMap(({ pipeline_id: id, evidence: each }) =>
          (['source', 'target'] as const).flatMap((name) => {
            const side = each?.[name];
            return side === undefined ? [] : sideLines(`${name} of ${code(id)}`, side);
          }),
        )
      : [];
  const lines = [...written, ...sides, ...ofPipelines];
  return lines.length === 0 ? [] : ['## Evidence', ...lines];
}

function sideLines(name: string, side: SideEvidence): string[] {
  const snapshot = side.snapshot === undefined ? '' : `, ${code(side.snapshot)}`;
  const system = code(`${side.system} ${side.version}`);
  return [
    `### ${name.charAt(0).toUpperCase()}${name.slice(1)}: ${code(side.connection)}`,
    `${system}, ${plural(side.rows_scanned, 'row')} read${snapshot}`,
    ...(side.sql.length === 0 ? [] : [fenced(side.sql.map((sql) => sql.trim()).join(';\n\n'), 'sql')]),
  ];
}
