/** What the last run found, as diagnostics on the lines of the checks, until a run passes or the line is gone. */
import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver/node';
import { locateChecks } from '../../../definitions/pipeline.ts';
import type { LoadedPipeline } from '../../../definitions/project.ts';
import { resultsSource } from '../../../protocol/language.ts';
import type { PipelineOutcome } from '../../../protocol/answers.ts';
import { toLspRange } from '../ranges.ts';
import { checkEvidence, checkHeadline, dateText, findingsOf, type CheckOutcome } from './describe/results.ts';
import type { DiagnosticsFeature } from './feature.ts';

/** What code actions need to know of a result. */
export interface ResultData {
  readonly job_id: string;
}

export const lastResults: DiagnosticsFeature = async (context, project) => {
  const found = new Map<string, readonly Diagnostic[]>();
  const results = context.settings.showResults ? await context.results(project.dir) : null;
  for (const outcome of results?.pipelines ?? []) {
    // Of two files with one id neither runs: the results are of what stood there before.
    const files = project.pipeline_files.filter(({ pipeline_id }) => pipeline_id === outcome.pipeline_id);
    const [pipeline] = files;
    if (pipeline === undefined || files.length > 1) continue;
    const diagnostics = diagnosticsOf(pipeline, outcome);
    if (diagnostics.length > 0) found.set(pipeline.file, diagnostics);
  }
  return found;
};

function diagnosticsOf({ positions }: LoadedPipeline, outcome: PipelineOutcome): Diagnostic[] {
  const { status, error, job_id } = outcome;
  const when = dateText(outcome.finished_at);
  const data: ResultData = { job_id };
  const listed = locateChecks(positions);
  const diagnostics = findingsOf(outcome).flatMap((check): Diagnostic[] => {
    const place = listed.find(
      ({ check: { name, check: kind } }) => name === check.name && kind === check.check,
    );
    // The check is not in the file any more.
    if (place === undefined) return [];
    const range = toLspRange(
      positions.rangeOf(place.path ?? ['pipeline_id'], place.path === null ? 'value' : 'key'),
    );
    return [
      {
        range,
        message: messageOf(check, when),
        severity: severityOf(check),
        code: check.check,
        source: resultsSource,
        data,
      },
    ];
  });
  if (status === 'failed' && outcome.checks.length === 0 && error !== undefined) {
    const hint = error.hint === undefined ? '' : `\n${error.hint}`;
    diagnostics.push({
      range: toLspRange(positions.rangeOf(['pipeline_id'], 'value')),
      message: `Last run ${when}: no check was done: ${error.message}${hint}`,
      severity: DiagnosticSeverity.Warning,
      code: error.kind,
      source: resultsSource,
      data,
    });
  }
  return diagnostics;
}

function severityOf({ status }: CheckOutcome): DiagnosticSeverity {
  return status === 'warning' ? DiagnosticSeverity.Information : DiagnosticSeverity.Warning;
}

function messageOf(check: CheckOutcome, when: string): string {
  return `Last run ${when}: ${[checkHeadline(check), ...checkEvidence(check)].join('\n')}`;
}
