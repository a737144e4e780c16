/** Modules that run inside the extension host: any that export `run()`. */
import { EventEmitter, once } from 'node:events';
import { build, type StdinOptions } from 'esbuild';
import type { VsCode, WindowOptions } from './vscode.ts';

const runTimeoutMs = 6 * 60_000;

/** Bundles a module that exports `run()` as VS Code takes it. It must come to lie below node_modules, where mocha is found. */
export async function bundleTestModule(stdin: StdinOptions, outfile: string): Promise<void> {
  await build({
    stdin,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    // Resolved at run time: VS Code gives the one, and mocha must be the same for all.
    external: ['vscode', 'mocha', '@duckdb/*'],
    logLevel: 'warning',
  });
}

/** Opens a window with a test module. Resolves when the workbench says that `run()` has ended, or with what kept it from it. */
export async function runInWindow(vscode: VsCode, window: WindowOptions): Promise<string> {
  const ended = new EventEmitter<{ end: [string] }>();
  const end = once(ended, 'end') as Promise<[string]>;
  // What the workbench calls at the end of the tests where somebody has put it.
  await vscode.context.exposeFunction('codeAutomationExit', (code: number) =>
    ended.emit('end', `exit code ${code}`),
  );
  const page = await vscode.open(window);
  page.once('crash', () => ended.emit('end', 'the window crashed'));
  const timer = setTimeout(() => ended.emit('end', 'no end within the time limit'), runTimeoutMs);
  const [how] = await end;
  clearTimeout(timer);
  return how;
}
