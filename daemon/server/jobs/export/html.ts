import { kindCell } from '../../../protocol/differenceText.ts';
import type { Job, Operation } from '../../../protocol/entities.ts';
import type {
  CheckResult,
  DifferenceSample,
  OperationResult,
  SideEvidence,
} from '../../../protocol/results.ts';
import { findingsOf, reasonOf, valueText, type Finding } from './findings.ts';
import { html, isolated, page, table, type Markup } from '../../../definitions/markup.ts';

/** One self-contained page: what a person reads, prints and files as evidence. */
export function exportHtml(job: Job, operations: readonly Operation[]): string {
  const body = html`${summary(job)}
    <h2>Operations</h2>
    ${operationsTable(operations)} ${operations.map(operationSection)}`;
  return page(`${job.job_name} · ${job.status}`, body);
}

const good = new Set(['completed', 'passed']);
const neutral = new Set(['pending', 'running', 'paused', 'skipped', 'warning', 'partial_success']);

function badge(status: string): Markup {
  const tone = good.has(status) ? 'good' : neutral.has(status) ? 'warn' : 'bad';
  return html`<span class="status ${tone}">${status}</span>`;
}

function duration(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '';
  if (milliseconds < 1000) return `${milliseconds} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

function summary(job: Job): Markup {
  const { progress } = job;
  const facts: [string, Markup | string | number | undefined][] = [
    ['Status', badge(job.status)],
    ['Job', job.job_id],
    ['Type', job.job_type],
    ['Project', job.project_id ?? undefined],
    ['Batch file', job.definition_file],
    ['Tags', job.tags.join(', ') || undefined],
    ['Created', job.created_at],
    ['Started', job.started_at],
    ['Finished', job.finished_at],
    ['Duration', job.duration_ms === undefined ? undefined : duration(job.duration_ms)],
    ['Run again of', job.rerun_of],
  ];
  return html`<h1>${isolated(job.job_name)}</h1>
    ${table(
      ['Job', ''],
      facts.filter(([, value]) => value !== undefined),
    )}
    ${table(
      ['Operations', 'Completed', 'Failed', 'Skipped', 'Cancelled', 'Rows processed'],
      [
        [
          progress.total,
          progress.completed,
          progress.failed,
          progress.skipped,
          progress.cancelled,
          progress.rows_processed,
        ],
      ],
    )}`;
}

function operationsTable(operations: readonly Operation[]): Markup | undefined {
  return table(
    ['Operation', 'Type', 'Status', 'Duration', 'Attempts', 'Reason'],
    operations.map((operation) => [
      html`<a href="#${operation.operation_id}">${isolated(operation.name)}</a>`,
      operation.type,
      badge(operation.status),
      duration(operation.duration_ms),
      operation.attempts.length,
      reasonOf(operation),
    ]),
  );
}

function operationSection(operation: Operation): Markup {
  const { result, error } = operation;
  const failedAttempts = operation.attempts.filter((attempt) => attempt.error !== undefined);
  return html`<section id="${operation.operation_id}">
    <h2>${isolated(operation.name)} ${badge(operation.status)}</h2>
    ${reasonOf(operation) ? html`<p>${isolated(reasonOf(operation))}</p>` : undefined}
    ${error?.hint ? html`<p>${isolated(error.hint)}</p>` : undefined}
    ${table(
      ['Attempt', 'Started', 'Finished', 'Error'],
      failedAttempts.map(({ attempt, started_at, finished_at, error: why }) => [
        attempt,
        started_at,
        finished_at,
        `${why?.kind}: ${why?.message}`,
      ]),
    )}
    ${findings(operation)} ${result === undefined ? undefined : resultDetails(result)} ${evidence(operation)}
    ${table(
      ['Artifact', 'Kind', 'Bytes', 'Path'],
      operation.artifacts.map(({ name, kind, bytes, path }) => [name, kind, bytes, path]),
    )}
  </section> `;
}

function findings(operation: Operation): Markup | undefined {
  const all = findingsOf(operation);
  if (all.length === 0) return undefined;
  const withPipeline = operation.type === 'project_validation';
  const checks = table(
    [
      ...(withPipeline ? ['Pipeline'] : []),
      'Check',
      'Status',
      'Expected',
      'Actual',
      'Failing rows',
      'Reason',
    ],
    all.map((finding) => [...(withPipeline ? [finding.pipeline_id] : []), ...checkCells(finding)]),
  );
  return html`<h3>Checks</h3>
    ${checks}${all.map(({ check }) => (check ? checkDetails(check) : undefined))}`;
}

function checkCells({ check, error }: Finding): (Markup | string | number | undefined)[] {
  if (check === undefined) {
    return [
      '',
      error ? badge('failed') : '',
      '',
      '',
      undefined,
      error ? `${error.kind}: ${error.message}` : '',
    ];
  }
  return [
    check.name,
    badge(check.status),
    valueText(check.expected),
    valueText(check.actual),
    check.failing_rows,
    [check.reason, ...(check.reductions ?? [])].filter(Boolean).join('; '),
  ];
}

function checkDetails(check: CheckResult): Markup | undefined {
  const { differences, samples } = check;
  if (differences === undefined && samples.length === 0) return undefined;
  const found =
    differences &&
    table(
      ['Rows missing', 'Rows extra', 'Rows with differing values', 'Duplicate rows'],
      [[differences.missing, differences.extra, differences.value, differences.duplicate]],
    );
  const byColumn = table(
    ['Column', 'Kind of difference', 'Rows'],
    (differences?.by_column ?? []).map((entry) => [entry.column, kindCell(entry), entry.rows]),
  );
  const truncated = differences?.truncated
    ? html`<p>More cells differ than the artifact holds; the counts are whole.</p>`
    : undefined;
  return html`<h3>${isolated(check.name)}</h3>
    ${found}${byColumn}${truncated}${samplesTable(samples)}`;
}

/** A value of a sample: text as it is, NULL told apart from the text "null" and from nothing. */
function sampleCell(value: unknown): Markup | string {
  if (value === null) return html`<span class="null">NULL</span>`;
  if (value === undefined) return '';
  return typeof value === 'string' && value === ''
    ? html`<span class="null">empty text</span>`
    : valueText(value);
}

const differenceColumns = [
  'class',
  'key',
  'column',
  'source_value',
  'target_value',
  'kind',
] as const satisfies readonly (keyof DifferenceSample)[];

function samplesTable(samples: CheckResult['samples']): Markup | undefined {
  const names = [...new Set(samples.flatMap((sample) => Object.keys(sample)))];
  const isDifference = differenceColumns.every((name) => names.includes(name));
  const ordered = isDifference
    ? [
        ...differenceColumns,
        ...names.filter((name) => !(differenceColumns as readonly string[]).includes(name)),
      ]
    : names;
  return table(
    ordered,
    samples.map((sample) => {
      // A missing or extra row has no column and no values: that is not a NULL in the data.
      const isWholeRow = isDifference && sample.column === null;
      return ordered.map((name) => (isWholeRow && sample[name] === null ? '' : sampleCell(sample[name])));
    }),
  );
}

function resultDetails(result: OperationResult): Markup | undefined {
  switch (result.type) {
    case 'data_generation': {
      const planted = result.faults_planted;
      return html`<h3>Tables</h3>
        ${table(
          ['Table', 'Rows'],
          result.tables.map((entry) => [entry.table, entry.rows]),
        )}
        <p>Seed ${result.seed}</p>
        ${table(['Fault', 'Planted'], Object.entries(planted?.by_kind ?? {}))}${table(
          ['Verified', 'Expected', 'Actual'],
          result.verified.map(({ what, expected, actual }) => [what, expected, actual]),
        )}`;
    }
    case 'metadata_extraction':
      return html`<h3>Catalog</h3>
        ${table(['What', 'Count'], Object.entries(result.counts))}${table(
          ['Could not be read', 'Reason'],
          result.unreadable.map(({ object, reason }) => [object, reason]),
        )}`;
    case 'command':
      return html`<p>
        Exit code
        ${result.exit_code ?? 'none'}${result.signal ? html`, ended by ${result.signal}` : undefined}
      </p>`;
    case 'pipeline':
    case 'project_validation':
    case 'noop':
      return undefined;
  }
}

function evidence(operation: Operation): Markup | undefined {
  const { result } = operation;
  if (result === undefined) return undefined;
  const pipelines = result.type === 'project_validation' ? result.pipelines : [];
  const all = [
    { label: '', evidence: result.evidence },
    ...pipelines.map((pipeline) => ({ label: `${pipeline.pipeline_id} `, evidence: pipeline.evidence })),
  ];
  const sides = all.flatMap(({ label, evidence: found }): [string, SideEvidence | undefined][] => [
    [`${label}source`, found?.source],
    [`${label}target`, found?.target],
  ]);
  const known = sides.flatMap(([side, found]) => (found ? [{ side, found }] : []));
  const { started_at, finished_at, rows_written } = result.evidence;
  return html`<h3>Evidence</h3>
    <p>
      ${started_at} to
      ${finished_at}${rows_written === undefined ? undefined : html`, ${rows_written} rows written`}
    </p>
    ${table(
      ['Side', 'Connection', 'System', 'Rows scanned', 'Read at one moment by'],
      known.map(({ side, found }) => [
        side,
        found.connection,
        `${found.system} ${found.version}`,
        found.rows_scanned,
        found.snapshot,
      ]),
    )}${known.map(
      ({ side, found }) =>
        html`<details>
          <summary>SQL of ${isolated(side)} (${found.sql.length})</summary>
          ${found.sql.map((sql) => html`<pre>${sql}</pre>`)}
        </details>`,
    )}`;
}
