import { setImmediate as nextTurn } from 'node:timers/promises';
import { verdictSchema, type ComparedOperation, type Verdict } from '../../../protocol/comparison.ts';
import { isJobEnded } from '../../../protocol/endings.ts';
import type { Job } from '../../../protocol/entities.ts';
import type { MethodParams, MethodResult } from '../../../protocol/methods.ts';
import type { BatchPlan } from '../../../protocol/plan.ts';
import type { JobRegistry } from '../jobRegistry.ts';
import { DefinitionChanges } from './definitionChanges.ts';
import { connectionDefinitions, jobDefinition, unitsOf, type Unit } from './units.ts';

/** Compared before others have their turn. */
const unitsInTurn = 500;
/** Changes of the definition told in one answer. */
const toldChanges = 500;

/** Comparisons of ended runs kept for those who page through them, each of so many operations at most. */
const keptComparisons = 4;
const keptOperations = 20_000;

type Counts = Record<Verdict, number>;

/** All that does not depend on what is asked for of it. */
interface Compared {
  readonly counts: Counts;
  readonly definition: MethodResult<'jobs/compare'>['definition'];
  /** What became worse first; those of one verdict keep the order of the batch, so that pages join. */
  readonly operations: readonly ComparedOperation[];
}
type Registry = Pick<JobRegistry, 'requireJob' | 'frames'>;

const kept = new WeakMap<Registry, Map<string, Compared>>();

/** Two runs, operation by operation by their names; the runs need not be of one batch. Throws ApiError not_found. */
export async function compareJobs(
  registry: Registry,
  params: MethodParams<'jobs/compare'>,
): Promise<MethodResult<'jobs/compare'>> {
  const [before, after] = [registry.requireJob(params.before), registry.requireJob(params.after)];
  const { counts, definition, operations } = await comparedOnce(registry, before, after);
  const wanted = wantedVerdicts(params.verdict);
  const search = params.search?.toLowerCase() ?? '';
  const fitting = operations.filter(
    ({ verdict, name }) => wanted.has(verdict) && name.toLowerCase().includes(search),
  );
  const { offset, limit } = params;
  return {
    before,
    after,
    counts,
    definition,
    operations: fitting.slice(offset, offset + limit),
    total: fitting.length,
  };
}

/** What has ended stays as it is until it is retried, and then it ends at another moment. */
async function comparedOnce(registry: Registry, before: Job, after: Job): Promise<Compared> {
  const isStill = isJobEnded(before.status) && isJobEnded(after.status);
  const key = JSON.stringify([before.job_id, before.finished_at, after.job_id, after.finished_at]);
  const known = kept.get(registry) ?? new Map<string, Compared>();
  const found = isStill ? known.get(key) : undefined;
  if (found !== undefined) return found;
  const compared = await compare(registry, before.job_id, after.job_id);
  if (!isStill || compared.operations.length > keptOperations) return compared;
  known.set(key, compared);
  for (const oldest of known.keys()) {
    if (known.size <= keptComparisons) break;
    known.delete(oldest);
  }
  kept.set(registry, known);
  return compared;
}

async function compare(registry: Registry, before: string, after: string): Promise<Compared> {
  const [earlier, later] = await Promise.all([registry.frames(before), registry.frames(after)]);
  const units = pairsOf(unitsOf(earlier.plan, earlier.view), unitsOf(later.plan, later.view));
  const operations = units.map(comparedOf);
  const counts = Object.fromEntries(verdictSchema.options.map((verdict) => [verdict, 0])) as Counts;
  for (const { verdict } of operations) counts[verdict] += 1;
  const rank = ({ verdict }: ComparedOperation) => verdictSchema.options.indexOf(verdict);
  operations.sort((a, b) => rank(a) - rank(b));
  return { counts, definition: await changesOf(earlier.plan, later.plan, units), operations };
}

interface UnitPair {
  readonly before: Unit | undefined;
  readonly after: Unit | undefined;
}

function pairsOf(before: readonly Unit[], after: readonly Unit[]): UnitPair[] {
  const earlier = new Map(before.map((unit) => [unit.name, unit]));
  const later = new Set(after.map(({ name }) => name));
  return [
    ...after.map((unit) => ({ before: earlier.get(unit.name), after: unit })),
    ...before.filter(({ name }) => !later.has(name)).map((unit) => ({ before: unit, after: undefined })),
  ];
}

function comparedOf({ before, after }: UnitPair): ComparedOperation {
  return {
    name: (after ?? before)?.name ?? '',
    verdict: verdictOf(before, after),
    before: before?.run ?? null,
    after: after?.run ?? null,
  };
}

function verdictOf(before: Unit | undefined, after: Unit | undefined): Verdict {
  if (before === undefined) return 'new';
  if (after === undefined) return 'missing';
  const [earlier, later] = [before.run.status, after.run.status];
  if (later === 'failed') return earlier === 'failed' ? 'still_failing' : 'newly_failing';
  if (earlier === 'failed' && later === 'completed') return 'fixed';
  return earlier === later ? 'same' : 'changed';
}

function wantedVerdicts(verdict: Verdict | Verdict[] | undefined): ReadonlySet<Verdict> {
  if (verdict === undefined) return new Set(verdictSchema.options);
  return new Set(Array.isArray(verdict) ? verdict : [verdict]);
}

/** Of the job, then of connections, then of operations that both have. A long batch lets others have their turn in between. */
async function changesOf(before: BatchPlan, after: BatchPlan, units: readonly UnitPair[]) {
  const changes = new DefinitionChanges();
  changes.add('job', null, jobDefinition(before), jobDefinition(after));
  const [earlier, later] = [connectionDefinitions(before), connectionDefinitions(after)];
  for (const name of new Set([...earlier.keys(), ...later.keys()])) {
    changes.add('connection', name, earlier.get(name), later.get(name));
  }
  for (const [index, { before: former, after: latter }] of units.entries()) {
    if (index % unitsInTurn === unitsInTurn - 1) await nextTurn();
    if (former === undefined || latter === undefined) continue;
    changes.add('operation', latter.name, former.definition(), latter.definition());
  }
  return changes.list(toldChanges);
}
