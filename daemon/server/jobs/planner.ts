import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { PlanRequest } from '../../definitions/plan.ts';
import { planReferences } from '../../definitions/planSecrets.ts';
import type { LoadedProject } from '../../definitions/project.ts';
import type { FileReader } from '../../definitions/reader.ts';
import type { SecretLookup } from '../../definitions/secrets.ts';
import { ApiError, type Diagnostic } from '../../protocol/errors.ts';
import type { BatchListKey } from '../../protocol/files/batch.ts';
import type { Plan } from '../../protocol/answers.ts';
import type { JobMakingMethod, MethodParams } from '../../protocol/methods.ts';
import type { BatchPlan } from '../../protocol/plan.ts';
import type { ProjectRegistry } from '../storage/projects.ts';
import { hideLiteralPasswords, literalPasswords } from './literalPasswords.ts';
import type { GivenLookup, SecretVault } from './secretVault.ts';
import { unsetDiagnostics } from './unsetValues.ts';

export interface PlannerOptions {
  readonly reader: FileReader;
  readonly projects: ProjectRegistry;
  readonly vault: SecretVault;
}

export interface Planned {
  readonly plan: BatchPlan;
  /** Warnings only: errors make `plan` throw. */
  readonly diagnostics: Diagnostic[];
  /** What came with the call. */
  readonly given: GivenLookup;
}

type ListMethod = Exclude<JobMakingMethod, 'jobs/submit'>;
const listKeys: Record<ListMethod, Exclude<BatchListKey, 'operations'>> = {
  'pipelines/bulkExecute': 'pipelines',
  'data/bulkGenerate': 'items',
  'projects/multiValidate': 'projects',
  'metadata/bulkExtract': 'sources',
};

interface Source extends Pick<PlanRequest, 'text' | 'file' | 'definition' | 'parameters'> {
  readonly given: GivenLookup;
}

/** Turns what a caller sends into a plan, or into an ApiError whose diagnostics say what to write instead. */
export class Planner {
  readonly #options: PlannerOptions;

  constructor(options: PlannerOptions) {
    this.#options = options;
  }

  /** The four short methods: their params are a batch definition but for who asks. */
  async planList(method: ListMethod, params: MethodParams<ListMethod>): Promise<Planned> {
    const { project, dry_run: _dryRun, secrets, ...definition } = params;
    const given = this.#options.vault.given(secrets);
    return await this.#planAnywhere({ definition, given }, project, listKeys[method]);
  }

  async planSubmit(params: MethodParams<'jobs/submit'>): Promise<Planned> {
    const { file, project, definition, parameters, secrets } = params;
    const given = this.#options.vault.given(secrets);
    if ((file === undefined) === (definition === undefined)) {
      throw new ApiError('invalid_params', 'Give either file or definition.', {
        hint: 'file: the absolute path of a batch file. definition: a batch as an object or as text, with project beside it.',
      });
    }
    const planned =
      file === undefined
        ? await this.#planAnywhere({ definition, given, ...(parameters && { parameters }) }, project)
        : await this.#planFile(file, project, { given, ...(parameters && { parameters }) });
    const { priority, max_parallel } = params.overrides ?? {};
    const overrides = {
      ...(priority !== undefined && { priority }),
      ...(max_parallel !== undefined && { max_parallel }),
    };
    return { ...planned, plan: { ...planned.plan, ...overrides } };
  }

  /** A project by absolute path or by the id of one that was seen. Throws not_found, or definition_invalid if its file has errors. */
  async project(ref: string): Promise<LoadedProject> {
    const loaded = await this.#find(ref);
    if (loaded === null) throw this.#unknownProject(ref);
    return loaded;
  }

  async #planFile(
    file: string,
    projectRef: string | undefined,
    values: Pick<Source, 'parameters' | 'given'>,
  ): Promise<Planned> {
    if (!isAbsolute(file))
      throw new ApiError('invalid_params', `file must be an absolute path: ${file}`, {
        hint: 'The daemon has no working directory of yours.',
      });
    const text = await readText(file);
    const { findProjectDir } = await import('../../definitions/project.ts');
    const ref = projectRef ?? (await findProjectDir(dirname(file), this.#options.reader));
    const project = ref === null ? null : await this.project(ref);
    return await this.#planOrThrow({ text, file, ...values }, project);
  }

  /**
   * Without a project the batch may need none (generation into artifacts); else it belongs to the one known project in which it has no
   * errors. The source document's calls name no project, and on a machine with one project there is nothing to ask.
   */
  async #planAnywhere(source: Source, projectRef: string | undefined, kind?: BatchListKey): Promise<Planned> {
    if (projectRef !== undefined) return await this.#planOrThrow(source, await this.project(projectRef));
    const alone = await this.#tryPlan(source, null);
    const { given } = source;
    if (alone.plan !== null) return { plan: alone.plan, diagnostics: alone.diagnostics, given };
    const known = this.#options.projects.list();
    if (known.length === 0 || kind === 'projects') throw invalid(alone.diagnostics);
    const fitting: { project: LoadedProject; planned: Planned }[] = [];
    let lastDiagnostics = alone.diagnostics;
    for (const { path } of known) {
      const project = await this.#find(path);
      if (project === null) continue;
      const { plan, diagnostics } = await this.#tryPlan(source, project);
      if (plan !== null) fitting.push({ project, planned: { plan, diagnostics, given } });
      else lastDiagnostics = diagnostics;
    }
    const [only, ...others] = fitting;
    if (only === undefined) throw invalid(known.length === 1 ? lastDiagnostics : alone.diagnostics);
    if (others.length > 0) {
      throw new ApiError('definition_invalid', 'The request fits more than one known project.', {
        hint: `Add "project" with one of: ${fitting.map(({ project }) => `${project.project_id} (${project.dir})`).join(', ')}`,
      });
    }
    return only.planned;
  }

  async #planOrThrow(source: Source, project: LoadedProject | null): Promise<Planned> {
    const { plan, diagnostics } = await this.#tryPlan(source, project);
    if (plan === null) throw invalid(diagnostics);
    for (const planned of Object.values(plan.projects))
      await this.#options.projects.seen(planned.project_id, planned.dir);
    return { plan, diagnostics, given: source.given };
  }

  async #tryPlan(
    { given, ...source }: Source,
    project: LoadedProject | null,
  ): Promise<{ plan: BatchPlan | null; diagnostics: Diagnostic[] }> {
    const { planBatch } = await import('../../definitions/plan.ts');
    const { readDocument } = await import('../../definitions/project.ts');
    const lookups = new Map<string, SecretLookup>();
    const remember = async (loaded: LoadedProject | null): Promise<LoadedProject | null> => {
      if (loaded !== null) {
        this.#keepLiterals(loaded);
        lookups.set(loaded.dir, await this.#options.vault.lookup(loaded.dir, given));
      }
      return loaded;
    };
    await remember(project);
    const { plan, diagnostics } = await planBatch({
      ...source,
      project,
      loadProject: async (pathOrId) => await remember(await this.#find(pathOrId)),
      hasSecret: (kind, name, projectDir) => lookups.get(projectDir)?.(kind, name) !== undefined,
      readDocument: (path) => readDocument(path, this.#options.reader),
    });
    if (plan === null) return { plan, diagnostics };
    const projects = Object.entries(plan.projects).map(([dir, planned]) => [
      dir,
      hideLiteralPasswords(planned),
    ]);
    return {
      plan: { ...plan, projects: Object.fromEntries(projects) as BatchPlan['projects'] },
      diagnostics,
    };
  }

  /** Throws definition_invalid, as planning does, if a reference of a plan made earlier has no value now. */
  async requireValues(plan: BatchPlan, given: GivenLookup): Promise<void> {
    const references = planReferences(plan);
    const missing: Diagnostic[] = [];
    for (const dir of new Set(references.map(({ project_dir }) => project_dir))) {
      const loaded = dir === null ? null : await this.#find(dir);
      if (loaded !== null) this.#keepLiterals(loaded);
      const lookup = await this.#options.vault.lookup(dir, given);
      const unset = references.filter(
        ({ project_dir, kind, name }) => project_dir === dir && lookup(kind, name) === undefined,
      );
      missing.push(...(await unsetDiagnostics(unset, plan, loaded)));
    }
    if (missing.length > 0) throw invalid(missing);
  }

  /** Learns again the passwords that stand in a project's file: after a restart nobody else knows them. */
  async recallLiterals(projectDir: string): Promise<void> {
    const loaded = await this.#find(projectDir);
    if (loaded !== null) this.#keepLiterals(loaded);
  }

  #keepLiterals(loaded: LoadedProject): void {
    this.#options.vault.keepLiterals(loaded.dir, literalPasswords(loaded.project?.connections ?? {}));
  }

  async #find(ref: string): Promise<LoadedProject | null> {
    const { isProjectMissing, loadProject } = await import('../../definitions/project.ts');
    const dirs = isAbsolute(ref) ? [ref] : this.#options.projects.find(ref).map(({ path }) => path);
    const [dir, second] = dirs;
    if (dir === undefined) return null;
    if (second !== undefined) {
      throw new ApiError('conflict', `More than one known project is named ${ref}.`, {
        hint: `Name it by its path: ${dirs.join(', ')}`,
      });
    }
    const loaded = await loadProject(dir, this.#options.reader);
    if (isProjectMissing(loaded)) return null;
    await this.#options.projects.seen(loaded.project_id, loaded.dir);
    return loaded;
  }

  #unknownProject(ref: string): ApiError {
    if (isAbsolute(ref)) {
      return new ApiError('not_found', `There is no ombudsman.yaml in ${ref}.`, {
        hint: `A project is a folder with an ombudsman.yaml: looked for ${join(ref, 'ombudsman.yaml')}.`,
      });
    }
    const known = this.#options.projects.list().map(({ project_id }) => project_id);
    const hint =
      known.length === 0
        ? 'No project has been seen yet: name it by the absolute path of its folder.'
        : `Known projects: ${known.join(', ')}; any other by the absolute path of its folder.`;
    return new ApiError('not_found', `No known project is named ${ref}.`, { hint });
  }
}

/** The plan as dry_run answers it. */
export function planView({ plan, diagnostics }: Planned): Plan {
  return {
    dry_run: true,
    job_name: plan.job_name,
    job_type: plan.job_type,
    project_id: plan.project_id,
    max_parallel: plan.parallel_execution ? plan.max_parallel : 1,
    operations: plan.operations.map(
      ({ operation_id, name, work, depends_on, connections, timeout_ms, retry, description }) => ({
        operation_id,
        name,
        type: work.type,
        depends_on: depends_on.map((index) => plan.operations[index]?.name ?? String(index)),
        connections: connections.map(([, connection]) => connection),
        timeout_ms,
        max_attempts: retry?.max_attempts ?? 1,
        description,
      }),
    ),
    total_operations: plan.operations.length,
    diagnostics,
  };
}

function invalid(diagnostics: readonly Diagnostic[]): ApiError {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const where = first === undefined ? '' : `${first.file}:${first.line}:${first.column}: ${first.message}`;
  const message = errors.length <= 1 ? where : `${errors.length} errors. The first: ${where}`;
  return new ApiError('definition_invalid', message, {
    diagnostics: [...diagnostics],
    ...(first?.hint !== undefined && { hint: first.hint }),
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT')
      throw new ApiError('not_found', `There is no file ${file}.`, {
        hint: 'Give the absolute path of a batch file.',
      });
    throw new ApiError('definition_invalid', `${file} cannot be read: ${(error as Error).message}`);
  }
}
