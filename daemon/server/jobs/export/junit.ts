import { plural } from '../../../protocol/countText.ts';
import { kindCell } from '../../../protocol/differenceText.ts';
import junitReportBuilder, { type Builder, type TestCase, type TestSuite } from 'junit-report-builder';
import type { Job, Operation } from '../../../protocol/entities.ts';
import type { CheckResult } from '../../../protocol/results.ts';
import { findingsOf, reasonOf, valueText, type Finding } from './findings.ts';

// The package is CommonJS whose whole export is the builder, while its types tell of a default export.
const rootBuilder = junitReportBuilder as unknown as Builder;

/** Everything XML 1.0 cannot hold: control characters, lone surrogates, the two non-characters. */
const illegalInXml =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const clean = (text: string): string => text.replace(illegalInXml, '');

/**
 * JUnit XML as Jenkins and GitLab read it: a suite for each operation, a case for each check. An operation that did not
 * complete always has a case that says so, so a timeout can never come out green.
 */
export function exportJunit(job: Job, operations: readonly Operation[]): string {
  const report = rootBuilder.newBuilder().name(clean(job.job_name));
  for (const operation of operations) writeSuite(report, job, operation);
  return report.build();
}

function writeSuite(report: Builder, job: Job, operation: Operation): void {
  const suite = report.testSuite().name(clean(operation.name));
  // No zone in JUnit's own schema, whose consumers read the time as UTC.
  suite.timestamp((operation.started_at ?? job.created_at).replace(/\.\d{3}Z$/, ''));
  suite.time((operation.duration_ms ?? 0) / 1000);
  suite.property('job_id', job.job_id);
  suite.property('operation_id', operation.operation_id);
  suite.property('type', operation.type);
  suite.property('status', operation.status);
  for (const [side, evidence] of evidenceSides(operation)) {
    suite.property(
      `${side}.rows_scanned`,
      `${evidence.rows_scanned} (${clean(evidence.system)} ${clean(evidence.version)})`,
    );
  }
  const className = clean(`${job.job_name}.${operation.name}`);
  const findings = findingsOf(operation);
  for (const finding of findings) writeFinding(suite, className, operation, finding);
  const isExplained = findings.some((finding) => finding.error ?? isBad(finding.check));
  const isCheckFailure = operation.error?.kind === 'checks_failed' && isExplained;
  if (findings.length === 0 || (operation.status !== 'completed' && !isCheckFailure)) {
    writeOperation(suite, className, operation);
  }
}

function evidenceSides(operation: Operation) {
  const { source, target } = operation.result?.evidence ?? {};
  return [
    ...(source ? ([['source', source]] as const) : []),
    ...(target ? ([['target', target]] as const) : []),
  ];
}

const isBad = (check: CheckResult | undefined): boolean =>
  check?.status === 'failed' || check?.status === 'error';

function writeFinding(suite: TestSuite, className: string, operation: Operation, finding: Finding): void {
  const prefix = operation.type === 'project_validation' ? `${finding.pipeline_id}: ` : '';
  const { check, error } = finding;
  const testCase = suite.testCase().className(className);
  if (check === undefined) {
    testCase.name(clean(finding.pipeline_id));
    if (error !== undefined) testCase.error(clean(error.message), clean(error.kind));
    return;
  }
  testCase.name(clean(`${prefix}${check.name}`));
  if (check.duration_ms !== undefined) testCase.time(check.duration_ms / 1000);
  writeCheckStatus(testCase, check);
}

function writeCheckStatus(testCase: TestCase, check: CheckResult): void {
  const headline = clean(
    check.reason ?? `expected ${valueText(check.expected)}, got ${valueText(check.actual)}`,
  );
  const details = clean(checkDetails(check));
  switch (check.status) {
    case 'passed':
      break;
    case 'warning':
      testCase.standardOutput(`warning: ${headline}\n${details}`);
      break;
    case 'failed':
      testCase.failure(headline, check.check).stacktrace(details);
      break;
    case 'skipped':
      testCase.skipped().standardOutput(`skipped: ${headline}`);
      break;
    case 'error':
      testCase.error(headline, check.check, details);
      break;
  }
}

function checkDetails(check: CheckResult): string {
  const differences = check.differences;
  return [
    `expected: ${valueText(check.expected)}`,
    `actual: ${valueText(check.actual)}`,
    ...(check.difference === undefined ? [] : [`difference: ${valueText(check.difference)}`]),
    ...(differences === undefined
      ? []
      : [
          `rows missing ${differences.missing}, extra ${differences.extra}, with differing values ${differences.value}, duplicate ${differences.duplicate}`,
          ...differences.by_column.map(
            (entry) => `${entry.column}: ${kindCell(entry)}, ${plural(entry.rows, 'row')}`,
          ),
        ]),
    ...check.samples.map((sample) => `sample: ${JSON.stringify(sample)}`),
  ].join('\n');
}

/** The case of the operation itself: where it has no checks, and where it ended otherwise than by its checks. */
function writeOperation(suite: TestSuite, className: string, operation: Operation): void {
  const testCase = suite.testCase().className(className).name(clean(operation.name));
  testCase.time((operation.duration_ms ?? 0) / 1000);
  const reason = clean(reasonOf(operation));
  switch (operation.status) {
    case 'completed':
      break;
    case 'failed':
      if (operation.error?.kind === 'checks_failed') testCase.failure(reason, 'checks_failed');
      else testCase.error(reason || 'failed', operation.error?.kind ?? 'failed');
      break;
    case 'cancelled':
      testCase.error(reason || 'cancelled before it ended', 'cancelled');
      break;
    case 'skipped':
      testCase.skipped().standardOutput(`skipped: ${reason}`);
      break;
    case 'pending':
    case 'running':
      testCase.skipped().standardOutput(`not finished: ${operation.status}`);
      break;
  }
}
