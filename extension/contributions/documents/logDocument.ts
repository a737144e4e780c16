import { join } from 'node:path';
import type { Job, Operation } from '../../../daemon/protocol/entities.ts';
import { inTurns } from '../inTurns.ts';
import type { ContentRequest, DocumentContent } from './documentContent.ts';
import { fileLink } from './fileLink.ts';
import { readLastLines } from './lastLines.ts';
import { LogText } from './logText.ts';
import { learnOnce, refreshedContent } from './refreshedContent.ts';

const maxLines = 10_000;
const pageEntries = 10_000;
const entriesPerTurn = 1000;
const maxNamesAtOnce = 500;
const maxOutputLines = 5000;

/** The log of a job or of one operation: its latest lines, and what comes while the document is open. */
export function logContent(request: ContentRequest<'log'>): DocumentContent {
  const log = new FollowedLog(request);
  return refreshedContent({
    services: request.services,
    jobId: request.address.jobId,
    what: 'The log',
    load: () => log.load(),
    onDidChange: request.onDidChange,
    follows: 'time',
  });
}

class FollowedLog {
  readonly #request: ContentRequest<'log'>;
  readonly #text: LogText;
  /** Absent: not asked for yet. */
  readonly #names = new Map<string, string>();
  readonly #shownOutputs = new Set<string>();
  #isBegun = false;

  constructor(request: ContentRequest<'log'>) {
    this.#request = request;
    this.#text = new LogText({ maxLines, nameOf: (id) => this.#names.get(id) });
  }

  async load(): Promise<string> {
    const { services, address } = this.#request;
    // Asked before reading: what is logged between the last read and the end is still read next time.
    const job = await services.session.call('jobs/get', { job_id: address.jobId });
    learnOnce(services.jobs, job);
    const operation = address.operationId === undefined ? undefined : await this.#operation();
    if (!this.#isBegun) await this.#begin();
    await this.#readOn(operation);
    if (operation !== undefined) await this.#addOutput(operation);
    return this.#text.render({ title: titleOf(job, operation), whole: this.#places() });
  }

  /** Of a long log of a job only the end is read at all; entries of one operation cannot be counted beforehand. */
  async #begin(): Promise<void> {
    const { services, address } = this.#request;
    if (address.operationId === undefined) {
      const { last_seq: last } = await services.session.call('jobs/log', {
        job_id: address.jobId,
        limit: 1,
      });
      const skipped = Math.max(0, last - maxLines);
      this.#text.skip(skipped);
      this.#text.lastSeq = skipped;
    }
    this.#isBegun = true;
  }

  async #readOn(operation: Operation | undefined): Promise<void> {
    const { services, address } = this.#request;
    for (;;) {
      const { entries, last_seq: last } = await services.session.call('jobs/log', {
        job_id: address.jobId,
        ...(address.operationId !== undefined && { operation_id: address.operationId }),
        after: this.#text.lastSeq,
        limit: pageEntries,
      });
      if (operation === undefined) {
        await this.#learnNames(entries.flatMap(({ operation_id: id }) => (id === undefined ? [] : [id])));
      }
      await inTurns(entries, entriesPerTurn, (some) => this.#text.add(some, operation?.attempts));
      if (entries.length < pageEntries) {
        // What lies between is of other operations, and need not be looked through again.
        this.#text.lastSeq = Math.max(this.#text.lastSeq, last);
        return;
      }
    }
  }

  async #learnNames(ids: readonly string[]): Promise<void> {
    const { services, address } = this.#request;
    const unknown = [...new Set(ids)].filter((id) => !this.#names.has(id));
    for (let from = 0; from < unknown.length; from += maxNamesAtOnce) {
      const { operations } = await services.session.call('jobs/operations', {
        job_id: address.jobId,
        operation_ids: unknown.slice(from, from + maxNamesAtOnce),
        detail: 'summary',
        limit: maxNamesAtOnce,
      });
      for (const { operation_id: id, name } of operations) this.#names.set(id, name);
    }
  }

  async #operation(): Promise<Operation | undefined> {
    const { services, address } = this.#request;
    const { operations } = await services.session.call('jobs/operations', {
      job_id: address.jobId,
      operation_ids: [address.operationId ?? ''],
      detail: 'summary',
    });
    return operations[0];
  }

  /** What a program printed is an artifact of its operation, one for each attempt. */
  async #addOutput({ artifacts }: Operation): Promise<void> {
    for (const { artifact_id: id, kind, path } of artifacts) {
      if (kind !== 'log' || this.#shownOutputs.has(id)) continue;
      this.#shownOutputs.add(id);
      const { lines, isWhole } = await readLastLines(path, maxOutputLines);
      const part = isWhole ? '' : `, its last ${lines.length} lines`;
      this.#text.addBlock(`printed by the program${part}: <${fileLink(path)}>`, lines);
    }
  }

  #places(): string[] {
    const { services, address } = this.#request;
    const { state } = services.session;
    const option = address.operationId === undefined ? '' : ` --operation ${address.operationId}`;
    const command = `"ombudsman jobs log ${address.jobId}${option}"`;
    if (state.name !== 'ready') return [command];
    return [command, `<${fileLink(join(state.dataDir, 'artifacts', address.jobId, 'job.log'))}>`];
  }
}

function titleOf(job: Job, operation: Operation | undefined): string {
  const of = `job ${job.job_id}, ${job.job_name}`;
  return operation === undefined
    ? `Log of ${of}`
    : `Log of ${operation.operation_id} ${operation.name}, of ${of}`;
}
