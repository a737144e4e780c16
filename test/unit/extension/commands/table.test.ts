import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';

// What the commands do with VS Code is for the tests inside it; here nothing of it is called.
vi.mock('vscode', () => ({}));
vi.mock('../../../../extension/contributions/documents/openDocument.ts', () => ({}));
vi.mock('../../../../extension/dashboard/registerDashboard.ts', () => ({}));
const { commands } = await import('../../../../extension/commands/table.ts');

interface Manifest {
  contributes: { commands: { command: string; enablement?: string }[] };
}
const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

describe('the table of commands', () => {
  it('has exactly the commands of the manifest', () => {
    expect(commands.map(({ id }) => id)).toEqual(contributes.commands.map(({ command }) => command));
  });

  it.each(commands.filter(({ needs }) => needs !== 'nothing').map(({ id }) => id))(
    '%s needs trust, and the manifest says so',
    (id) => {
      expect(contributes.commands.find(({ command }) => command === id)?.enablement).toBe(
        'isWorkspaceTrusted',
      );
    },
  );
});
