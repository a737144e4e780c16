import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveReferences, withAbsolutePath } from '../../definitions/secrets.ts';
import type { LoadedProject } from '../../definitions/project.ts';
import type { Side } from '../../protocol/files/pipeline.ts';
import type { MethodParams, MethodResult } from '../../protocol/methods.ts';
import type { EngineProcess } from '../executor/engineProcess.ts';
import type { ProjectRegistry } from '../storage/projects.ts';
import type { Planner } from './planner.ts';
import type { GivenLookup, SecretVault } from './secretVault.ts';

export async function listProjects(projects: ProjectRegistry): Promise<MethodResult<'projects/list'>> {
  const known = await Promise.all(
    projects.list().map(async (project) => ({
      ...project,
      available: await stat(join(project.path, 'ombudsman.yaml')).then(
        (file) => file.isFile(),
        () => false,
      ),
    })),
  );
  return { projects: known };
}

export async function projectPipelines(
  planner: Planner,
  { project: ref }: MethodParams<'projects/pipelines'>,
): Promise<MethodResult<'projects/pipelines'>> {
  const loaded = await planner.project(ref);
  const pipelines = [...loaded.pipelines.values()].flatMap(({ spec, file }) =>
    spec === null
      ? []
      : [
          {
            pipeline_id: spec.pipeline_id,
            file,
            source: sideView(spec.source),
            target: sideView(spec.target),
            checks: spec.checks.map(({ name }) => name),
          },
        ],
  );
  const connections = Object.entries(loaded.project?.connections ?? {}).map(
    ([name, { type, max_parallel }]) => ({
      name,
      type,
      max_parallel: max_parallel ?? null,
    }),
  );
  return {
    project_id: loaded.project_id,
    path: loaded.dir,
    pipelines,
    connections,
    diagnostics: [...loaded.diagnostics],
  };
}

function sideView({ connection, table, query }: Side): { connection: string; relation: string } {
  return { connection, relation: table ?? query ?? '' };
}

interface Probing {
  readonly vault: SecretVault;
  readonly engine: Pick<EngineProcess, 'probe'>;
  /** Drivers like to repeat host, user or path in their messages, and each may come from a secret. */
  readonly redact: (text: string) => string;
}

type Probe = MethodResult<'projects/check'>['connections'][number];

/** Opens every connection of a project, one after another, and tells who answers. */
export async function checkProject(
  probing: Probing & { readonly planner: Planner },
  { project: ref, secrets }: MethodParams<'projects/check'>,
): Promise<MethodResult<'projects/check'>> {
  const given = probing.vault.given(secrets);
  const loaded = await probing.planner.project(ref);
  const connections: Probe[] = [];
  for (const name of Object.keys(loaded.project?.connections ?? {}))
    connections.push(await probe(loaded, name, given, probing));
  return { project_id: loaded.project_id, connections, diagnostics: [...loaded.diagnostics] };
}

async function probe(
  loaded: LoadedProject,
  name: string,
  given: GivenLookup,
  { vault, engine, redact }: Probing,
): Promise<Probe> {
  const written = loaded.project?.connections[name];
  if (written === undefined) return { connection: name, type: '', ok: false };
  const base = { connection: name, type: written.type };
  const resolved = resolveReferences(
    withAbsolutePath(written, loaded.dir),
    await vault.lookup(loaded.dir, given),
    loaded.dir,
  );
  if (!resolved.ok) {
    return {
      ...base,
      ok: false,
      error: {
        kind: 'definition',
        message: resolved.message,
        hint: 'Set it in the environment, or in a .env file beside ombudsman.yaml.',
      },
    };
  }
  const { ok, system, version, error } = await engine.probe({ name, definition: resolved.definition });
  return {
    ...base,
    ok,
    ...(system !== undefined && { system }),
    ...(version !== undefined && { version }),
    ...(error !== undefined && {
      error: {
        kind: error.kind,
        message: redact(error.message),
        ...(error.hint !== undefined && { hint: redact(error.hint) }),
      },
    }),
  };
}
