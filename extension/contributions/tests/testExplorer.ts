import type * as vscode from 'vscode';
import type { Services } from '../../platform/services.ts';
import { ResultPublisher } from './publishResults.ts';
import { runTests, type TestRunning } from './runTests.ts';
import { TestTree } from './testTree.ts';

/** Keeps the tree of tests as the workspace is, runs them, and shows what ran elsewhere. */
export class TestExplorer {
  readonly #services: Services;
  readonly #running: TestRunning;
  readonly #publisher: ResultPublisher;
  readonly #listeners: vscode.Disposable[];

  constructor(services: Services, controller: vscode.TestController) {
    this.#services = services;
    const tree = new TestTree(controller);
    this.#running = { services, controller, tree, ownJobs: new Set() };
    this.#publisher = new ResultPublisher(this.#running);
    this.#listeners = [
      services.workspace.onDidChange((contents) => tree.update(contents)),
      services.results.onDidChange((dir) => this.#publish(dir)),
    ];
  }

  /** Undefined: the top of the tree. */
  async resolve(item: vscode.TestItem | undefined): Promise<void> {
    if (item !== undefined) this.#running.tree.resolve(item);
    else await this.refresh();
  }

  async refresh(): Promise<void> {
    const { workspace, results } = this.#services;
    const contents = await workspace.load();
    this.#running.tree.update(contents);
    // No daemon is started for this: without one there is nothing new to show.
    await Promise.all(contents.projects.map(({ dir }) => results.load(dir)));
    for (const { dir } of contents.projects) this.#publish(dir);
  }

  run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    return runTests(this.#running, request, token);
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
  }

  #publish(projectDir: string): void {
    const results = this.#services.results.get(projectDir);
    if (results !== undefined) void this.#publisher.publish(projectDir, results);
  }
}
