import type { Operation } from '../../../daemon/protocol/entities.ts';
import type { DifferenceSample, SideEvidence } from '../../../daemon/protocol/results.ts';
import { plural } from '../../../daemon/client/text.ts';
import type { Services } from '../../platform/services.ts';
import { isDifferenceSample } from './checkSections.ts';
import { renderDifferences, type TwoTexts } from './differencesText.ts';
import { differingChecks, type DifferingCheck } from './differingChecks.ts';
import type { ContentRequest, DocumentContent } from './documentContent.ts';
import type { DocumentAddress } from './documentUri.ts';
import { fileLink } from './fileLink.ts';
import { refreshedContent } from './refreshedContent.ts';

type Address = Extract<DocumentAddress, { kind: 'differences' }>;

const maxRows = 2000;
const pageRows = 1000;
/** Both sides of one diff editor are asked for at once. */
const sharedMs = 2000;
const shared = new Map<string, Promise<TwoTexts>>();

/** One side of the differing rows of a check. */
export function differencesContent(request: ContentRequest<'differences'>): DocumentContent {
  const { services, address } = request;
  return refreshedContent({
    services,
    jobId: address.jobId,
    what: 'The differing rows',
    load: async () => (await bothSides(services, address))[address.side],
    onDidChange: request.onDidChange,
    follows: 'changes',
  });
}

function bothSides(services: Services, address: Address): Promise<TwoTexts> {
  const { jobId, operationId, pipelineId, check } = address;
  const key = JSON.stringify([jobId, operationId, pipelineId, check]);
  let texts = shared.get(key);
  if (texts === undefined) {
    texts = readTexts(services, address);
    shared.set(key, texts);
    const forget = () => setTimeout(() => shared.delete(key), sharedMs);
    texts.then(forget, () => shared.delete(key));
  }
  return texts;
}

async function readTexts(services: Services, address: Address): Promise<TwoTexts> {
  const { session } = services;
  const { operations } = await session.call('jobs/operations', {
    job_id: address.jobId,
    operation_ids: [address.operationId],
    detail: 'full',
  });
  const [operation] = operations;
  if (operation === undefined)
    throw new Error(`Job ${address.jobId} has no operation ${address.operationId}.`);
  const found = differingChecks(operation.result).find(
    ({ pipelineId, check }) => check.name === address.check && pipelineId === address.pipelineId,
  );
  if (found === undefined)
    throw new Error(`${operation.name} is ${operation.status}: ${address.check} tells of no differing rows.`);
  const { rows, total } = await readRows(services, address, found);
  const { artifact_id: artifactId } = found.check.differences;
  const artifact = operation.artifacts.find((each) => each.artifact_id === artifactId);
  return renderDifferences({
    operation: address.pipelineId ?? operation.name,
    check: address.check,
    ...sidesOf(operation, address.pipelineId),
    differences: found.check.differences,
    rows,
    total,
    artifact: artifact === undefined ? null : fileLink(artifact.path),
  });
}

/** Rows of the artifact, or the samples where none was written. */
async function readRows(
  { session }: Services,
  { jobId, operationId }: Address,
  { check }: DifferingCheck,
): Promise<{ readonly rows: readonly DifferenceSample[]; readonly total: number }> {
  const { artifact_id: artifactId } = check.differences;
  if (artifactId === null) {
    const rows = check.samples.filter(isDifferenceSample);
    return { rows, total: rows.length };
  }
  const rows: DifferenceSample[] = [];
  for (;;) {
    const page = await session.call('artifacts/rows', {
      job_id: jobId,
      operation_id: operationId,
      artifact_id: artifactId,
      limit: pageRows,
      offset: rows.length,
    });
    rows.push(...page.rows);
    if (page.rows.length < pageRows || rows.length >= maxRows) return { rows, total: page.total };
  }
}

function sidesOf({ result }: Operation, pipelineId: string | undefined): { source: string; target: string } {
  const evidence =
    result?.type === 'project_validation'
      ? result.pipelines.find((each) => each.pipeline_id === pipelineId)?.evidence
      : result?.evidence;
  const say = (side: SideEvidence | undefined) =>
    side === undefined
      ? 'unknown'
      : `${side.connection} (${side.system} ${side.version}), ${plural(side.rows_scanned, 'row')} read`;
  return { source: say(evidence?.source), target: say(evidence?.target) };
}
