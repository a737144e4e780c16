import { basename } from 'node:path';
import type { Job } from '../../daemon/protocol/entities.ts';
import type { WorkspaceContents, WorkspaceProject } from '../../daemon/protocol/language.ts';
import type { JobStore, ResultStore, WorkspaceIndex } from '../platform/services.ts';
import {
  batchLabels,
  batchFileItem,
  batchFileTooltip,
  lastJobOf,
  type BatchFile,
  type LastJob,
} from './batchFileItem.ts';
import type { CatalogModel } from './catalogModel.ts';
import { connectionItem, connectionTooltip } from './connectionItem.ts';
import type { ConnectionStatus } from './connectionStatus.ts';
import { short } from './format.ts';
import { goneItem, noteItem } from './lineItems.ts';
import { escapeMarkdown, paragraphs } from './markdown.ts';
import { isCatalogNode, type FilesTreeNode } from './nodes.ts';
import {
  checkItem,
  checkTooltip,
  pipelineItem,
  pipelineTooltip,
  type PipelineOutcome,
} from './pipelineItem.ts';
import type { ViewItem } from './viewItem.ts';

export interface WorkspaceModelDeps {
  readonly workspace: Pick<WorkspaceIndex, 'contents'>;
  readonly results: Pick<ResultStore, 'get'>;
  readonly jobs: Pick<JobStore, 'jobs'>;
  readonly connectionStatus: Pick<ConnectionStatus, 'get'>;
  readonly catalogs: CatalogModel;
  readonly nowMs: () => number;
}

/** What the views of the workspace's files show: lines by node, read from the stores at the moment they are asked for. */
export class WorkspaceModel {
  readonly #deps: WorkspaceModelDeps;
  #labels: { readonly of: WorkspaceContents; readonly labels: ReadonlyMap<string, string> } | undefined;

  constructor(deps: WorkspaceModelDeps) {
    this.#deps = deps;
  }

  get isRead(): boolean {
    return this.#contents !== undefined;
  }

  get projects(): readonly WorkspaceProject[] {
    return this.#contents?.projects ?? [];
  }

  get #contents(): WorkspaceContents | undefined {
    return this.#deps.workspace.contents;
  }

  /** Projects are a level of their own only if there are several. */
  batchFiles(node?: FilesTreeNode): FilesTreeNode[] {
    const files = this.#contents?.batch_files ?? [];
    const nodeOf = ({ file }: BatchFile): FilesTreeNode => ({ kind: 'batchFile', file });
    const sorted = [...files].sort((a, b) => (a.file < b.file ? -1 : 1));
    if (node?.kind === 'project') return sorted.filter((each) => each.project_dir === node.dir).map(nodeOf);
    if (node !== undefined) return [];
    if (this.projects.length < 2) return sorted.map(nodeOf);
    const withFiles = new Set(sorted.map((each) => each.project_dir));
    const known = new Set(this.projects.map(({ dir }) => dir));
    return [
      ...this.#projectNodes().filter((each) => each.kind === 'project' && withFiles.has(each.dir)),
      ...sorted.filter(({ project_dir: dir }) => dir === null || !known.has(dir)).map(nodeOf),
    ];
  }

  pipelines(node?: FilesTreeNode): FilesTreeNode[] {
    if (node === undefined) return this.#underProjects((project) => this.#pipelineNodes(project));
    if (node.kind === 'project') return this.#pipelineNodes(this.#project(node.dir));
    if (node.kind !== 'pipeline') return [];
    const { projectDir, pipelineId } = node;
    const checks = this.#pipeline(projectDir, pipelineId)?.checks ?? [];
    return checks.map(({ name }) => ({ kind: 'check', projectDir, pipelineId, name }));
  }

  connections(node?: FilesTreeNode): FilesTreeNode[] | Promise<FilesTreeNode[]> {
    if (node === undefined) return this.#underProjects((project) => this.#connectionNodes(project));
    if (node.kind === 'project') return this.#connectionNodes(this.#project(node.dir));
    return node.kind === 'connection' || isCatalogNode(node) ? this.#deps.catalogs.children(node) : [];
  }

  item(node: FilesTreeNode): ViewItem {
    const { results, connectionStatus, nowMs } = this.#deps;
    switch (node.kind) {
      case 'project':
        return this.#projectItem(node.dir);
      case 'batchFile': {
        const batch = this.#batchFile(node.file);
        if (batch === undefined) return goneItem(`batchFile/${node.file}`);
        const label = this.#batchLabels.get(batch.file) ?? basename(batch.file);
        return batchFileItem(batch, this.#lastJob(batch), { nowMs: nowMs(), label });
      }
      case 'pipeline': {
        const { projectDir, pipelineId } = node;
        const pipeline = this.#pipeline(projectDir, pipelineId);
        if (pipeline === undefined) return goneItem(`pipeline/${projectDir}/${pipelineId}`);
        return pipelineItem(projectDir, pipeline, this.#outcome(results, projectDir, pipelineId), nowMs());
      }
      case 'check': {
        const { projectDir, pipelineId, name } = node;
        const pipeline = this.#pipeline(projectDir, pipelineId);
        const check = pipeline?.checks.find((each) => each.name === name);
        if (pipeline === undefined || check === undefined) {
          return goneItem(`check/${projectDir}/${pipelineId}/${name}`);
        }
        return checkItem(projectDir, pipeline, check, this.#outcome(results, projectDir, pipelineId));
      }
      case 'connection': {
        const project = this.#project(node.projectDir);
        const connection = project?.connections.find(({ name }) => name === node.name);
        if (project === undefined || connection === undefined) {
          return goneItem(`connection/${node.projectDir}/${node.name}`);
        }
        const checked = connectionStatus.get(node.projectDir, node.name);
        return connectionItem(project, connection, checked, this.#deps.catalogs.connectionText(node));
      }
      case 'note':
        return noteItem(node.text);
      default:
        return this.#deps.catalogs.item(node);
    }
  }

  /** Markdown; undefined if there is nothing more to say than stands there. */
  tooltip(node: FilesTreeNode): string | undefined {
    const { results, connectionStatus, nowMs } = this.#deps;
    switch (node.kind) {
      case 'project': {
        const project = this.#project(node.dir);
        return paragraphs(
          `**${escapeMarkdown(project?.project_id ?? basename(node.dir))}**`,
          project?.has_errors === true && '$(error) ombudsman.yaml has mistakes.',
          escapeMarkdown(node.dir),
        );
      }
      case 'batchFile': {
        const batch = this.#batchFile(node.file);
        return batch && batchFileTooltip(batch, this.#lastJob(batch), nowMs());
      }
      case 'pipeline': {
        const pipeline = this.#pipeline(node.projectDir, node.pipelineId);
        const outcome = this.#outcome(results, node.projectDir, node.pipelineId);
        return pipeline && pipelineTooltip(pipeline, outcome, nowMs());
      }
      case 'check': {
        const { projectDir, pipelineId, name } = node;
        const check = this.#pipeline(projectDir, pipelineId)?.checks.find((each) => each.name === name);
        return check && checkTooltip(check, this.#outcome(results, projectDir, pipelineId));
      }
      case 'connection': {
        const connection = this.#project(node.projectDir)?.connections.find(({ name }) => name === node.name);
        const checked = connectionStatus.get(node.projectDir, node.name);
        const text = connection && connectionTooltip(connection, checked, nowMs());
        return text && paragraphs(text, this.#deps.catalogs.connectionTooltip(node));
      }
      case 'note':
        return undefined;
      default:
        return this.#deps.catalogs.tooltip(node);
    }
  }

  /** Says which job each batch file ran last and how that stands: another text, another line. */
  lastRuns(): string {
    const files = new Set((this.#contents?.batch_files ?? []).map(({ file }) => file));
    const latest = new Map<string, Job>();
    if (files.size === 0) return '';
    for (const job of this.#deps.jobs.jobs.values()) {
      const file = job.definition_file;
      if (file !== undefined && files.has(file) && !latest.has(file)) latest.set(file, job);
    }
    return [...latest].map(([file, { job_id: id, status }]) => `${file} ${id} ${status}`).join('\n');
  }

  /** Of the nodes that children are asked for, the one above. */
  parent(node: FilesTreeNode): FilesTreeNode | undefined {
    if (node.kind === 'check') {
      return { kind: 'pipeline', projectDir: node.projectDir, pipelineId: node.pipelineId };
    }
    if (isCatalogNode(node)) return this.#deps.catalogs.parent(node);
    if (this.projects.length < 2) return undefined;
    if (node.kind === 'pipeline' || node.kind === 'connection')
      return { kind: 'project', dir: node.projectDir };
    const dir = node.kind === 'batchFile' ? this.#batchFile(node.file)?.project_dir : undefined;
    return dir == null ? undefined : { kind: 'project', dir };
  }

  #underProjects(linesOf: (project: WorkspaceProject | undefined) => FilesTreeNode[]): FilesTreeNode[] {
    return this.projects.length < 2 ? linesOf(this.projects[0]) : this.#projectNodes();
  }

  #projectNodes(): FilesTreeNode[] {
    return this.projects.map(({ dir }) => ({ kind: 'project', dir }));
  }

  #pipelineNodes(project: WorkspaceProject | undefined): FilesTreeNode[] {
    if (project === undefined) return [];
    const ids = new Set(project.pipelines.map(({ pipeline_id: id }) => id));
    return [...ids].sort().map((pipelineId) => ({ kind: 'pipeline', projectDir: project.dir, pipelineId }));
  }

  #connectionNodes(project: WorkspaceProject | undefined): FilesTreeNode[] {
    return (project?.connections ?? []).map(({ name }) => ({
      kind: 'connection',
      projectDir: project?.dir ?? '',
      name,
    }));
  }

  #project(dir: string): WorkspaceProject | undefined {
    return this.projects.find((project) => project.dir === dir);
  }

  #pipeline(projectDir: string, pipelineId: string): WorkspaceProject['pipelines'][number] | undefined {
    return this.#project(projectDir)?.pipelines.find(({ pipeline_id: id }) => id === pipelineId);
  }

  #batchFile(file: string): BatchFile | undefined {
    return this.#contents?.batch_files.find((batch) => batch.file === file);
  }

  #outcome(
    results: Pick<ResultStore, 'get'>,
    projectDir: string,
    pipelineId: string,
  ): PipelineOutcome | undefined {
    return results.get(projectDir)?.pipelines.find(({ pipeline_id: id }) => id === pipelineId);
  }

  #lastJob({ file, project_dir: dir }: BatchFile): LastJob | undefined {
    const outcome =
      dir === null ? undefined : this.#deps.results.get(dir)?.batch_files.find((each) => each.file === file);
    return lastJobOf(outcome, this.#latestJob(file));
  }

  #latestJob(file: string): Job | undefined {
    for (const job of this.#deps.jobs.jobs.values()) if (job.definition_file === file) return job;
    return undefined;
  }

  get #batchLabels(): ReadonlyMap<string, string> {
    const contents = this.#contents;
    if (contents === undefined) return new Map();
    if (this.#labels?.of !== contents)
      this.#labels = { of: contents, labels: batchLabels(contents.batch_files) };
    return this.#labels.labels;
  }

  #projectItem(dir: string): ViewItem {
    const project = this.#project(dir);
    const label = short(project?.project_id ?? basename(dir));
    const description = project?.has_errors === true ? 'has mistakes' : '';
    return {
      id: `project/${dir}`,
      label,
      description,
      icon: { id: 'project' },
      contextValue: 'project',
      accessibilityLabel: `Project ${label}${description === '' ? '' : `, ${description}`}`,
      children: 'expanded',
    };
  }
}
