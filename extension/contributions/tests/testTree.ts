import * as vscode from 'vscode';
import type {
  WorkspaceContents,
  WorkspacePipeline,
  WorkspaceProject,
} from '../../../daemon/protocol/language.ts';

export interface PipelineTest {
  readonly item: vscode.TestItem;
  readonly projectDir: string;
  readonly pipelineId: string;
}

/** In no name of a project, pipeline or check. VS Code keeps NUL for itself. */
const separator = '\u001f';

/**
 * Projects, their pipelines, their checks as items of the Test Explorer. Below a project or a pipeline there is nothing until
 * somebody opens or runs it. Ids say what an item is, so that it stays the same item while files change.
 */
export class TestTree {
  readonly #controller: vscode.TestController;
  /** Ids of items whose children are shown. */
  readonly #resolved = new Set<string>();
  readonly #pipelines = new WeakMap<vscode.TestItem, PipelineTest>();
  #projects = new Map<string, WorkspaceProject>();

  constructor(controller: vscode.TestController) {
    this.#controller = controller;
  }

  /** Takes in what stands in the workspace now; only what changed is touched. */
  update(contents: WorkspaceContents): void {
    this.#projects = new Map(contents.projects.map((project) => [project.dir, project]));
    const { items } = this.#controller;
    keepOnly(items, new Set(this.#projects.keys()));
    for (const project of contents.projects) {
      const item = items.get(project.dir) ?? this.#addProject(project);
      if (item.label !== project.project_id) item.label = project.project_id;
      if (this.#resolved.has(item.id)) this.#updatePipelines(item, project);
    }
  }

  /** Shows the children of an item. */
  resolve(item: vscode.TestItem): void {
    this.#resolved.add(item.id);
    const project = this.#projects.get(item.id);
    if (project !== undefined) return this.#updatePipelines(item, project);
    const pipeline = this.#definitionOf(item);
    if (pipeline !== undefined) this.#updateChecks(item, pipeline);
  }

  /** The pipelines that an item stands for: those of a project, itself, or the one a check is of. */
  pipelinesOf(item: vscode.TestItem): PipelineTest[] {
    if (this.#projects.has(item.id)) {
      this.resolve(item);
      return childrenOf(item).flatMap((child) => this.pipelinesOf(child));
    }
    const pipeline = this.#pipelines.get(item) ?? (item.parent && this.#pipelines.get(item.parent));
    return pipeline === undefined ? [] : [pipeline];
  }

  /** The item of a pipeline by its id; undefined if the workspace has none of that name. */
  pipeline(projectDir: string, pipelineId: string): PipelineTest | undefined {
    const project = this.#controller.items.get(projectDir);
    if (project === undefined) return undefined;
    if (!this.#resolved.has(project.id)) this.resolve(project);
    const item = project.children.get(pipelineKey(projectDir, pipelineId));
    return item && this.#pipelines.get(item);
  }

  /** What stands below a pipeline: its checks; itself while none are known. */
  leavesOf({ item }: PipelineTest): vscode.TestItem[] {
    if (!this.#resolved.has(item.id)) this.resolve(item);
    const checks = childrenOf(item);
    return checks.length === 0 ? [item] : checks;
  }

  /** The item of a check. One that a result tells of and no file (the file has changed since) is added. */
  check(pipeline: PipelineTest, name: string): vscode.TestItem {
    const id = `${pipeline.item.id}${separator}${name}`;
    const known = pipeline.item.children.get(id);
    if (known !== undefined) return known;
    const item = this.#controller.createTestItem(id, name, pipeline.item.uri);
    item.range = pipeline.item.range;
    pipeline.item.children.add(item);
    return item;
  }

  /** Everything the tree shows at its top. */
  roots(): vscode.TestItem[] {
    return [...this.#controller.items].map(([, item]) => item);
  }

  #addProject(project: WorkspaceProject): vscode.TestItem {
    const item = this.#controller.createTestItem(
      project.dir,
      project.project_id,
      vscode.Uri.file(project.file),
    );
    item.canResolveChildren = true;
    this.#controller.items.add(item);
    return item;
  }

  #updatePipelines(parent: vscode.TestItem, project: WorkspaceProject): void {
    const keys = new Set(project.pipelines.map((each) => pipelineKey(project.dir, each.pipeline_id)));
    keepOnly(parent.children, keys);
    for (const pipeline of project.pipelines) {
      const id = pipelineKey(project.dir, pipeline.pipeline_id);
      const uri = vscode.Uri.file(pipeline.file);
      let item = parent.children.get(id);
      // The file of an item cannot be changed.
      if (item?.uri?.toString() !== uri.toString()) {
        item = this.#controller.createTestItem(id, pipeline.pipeline_id, uri);
        item.canResolveChildren = true;
        parent.children.add(item);
        const { dir: projectDir } = project;
        this.#pipelines.set(item, { item, projectDir, pipelineId: pipeline.pipeline_id });
      }
      describe(item, pipeline);
      if (this.#resolved.has(id)) this.#updateChecks(item, pipeline);
    }
  }

  #updateChecks(parent: vscode.TestItem, pipeline: WorkspacePipeline): void {
    const id = (name: string) => `${parent.id}${separator}${name}`;
    keepOnly(parent.children, new Set(pipeline.checks.map(({ name }) => id(name))));
    for (const [index, { name, check, range }] of pipeline.checks.entries()) {
      let item = parent.children.get(id(name));
      if (item === undefined) {
        item = this.#controller.createTestItem(id(name), name, parent.uri);
        parent.children.add(item);
      }
      // Checks of the starter set stand nowhere in the file.
      item.range = rangeOf(range ?? pipeline.range);
      item.description = name === check ? undefined : check;
      item.sortText = String(index).padStart(6, '0');
      item.tags = parent.tags;
    }
  }

  #definitionOf(item: vscode.TestItem): WorkspacePipeline | undefined {
    const test = this.#pipelines.get(item);
    if (test === undefined) return undefined;
    return this.#projects
      .get(test.projectDir)
      ?.pipelines.find(({ pipeline_id }) => pipeline_id === test.pipelineId);
  }
}

function pipelineKey(projectDir: string, pipelineId: string): string {
  return `${projectDir}${separator}${pipelineId}`;
}

function describe(item: vscode.TestItem, pipeline: WorkspacePipeline): void {
  const { source, target } = pipeline;
  item.range = rangeOf(pipeline.range);
  const sides = [source, target].flatMap((side) => (side === null ? [] : [side]));
  item.description = sides.map((side) => `${side.connection}.${side.relation}`).join(' → ');
  item.tags = [...new Set(sides.map(({ connection }) => connection))].map(connectionTag);
  item.error = pipeline.has_errors ? 'This pipeline has mistakes; the Problems view names them.' : undefined;
}

/** A tag in the filter of the Test Explorer ends at a blank. */
function connectionTag(connection: string): vscode.TestTag {
  return new vscode.TestTag(connection.replace(/\s+/g, '-'));
}

function rangeOf({ start, end }: WorkspacePipeline['range']): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

function keepOnly(items: vscode.TestItemCollection, ids: ReadonlySet<string>): void {
  for (const [id] of [...items]) if (!ids.has(id)) items.delete(id);
}

function childrenOf(item: vscode.TestItem): vscode.TestItem[] {
  return [...item.children].map(([, child]) => child);
}
