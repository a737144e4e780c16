import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { activate } from './support.ts';

describe('activation in Restricted Mode', () => {
  it('succeeds and starts no daemon', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    await activate();
    const dataDir = process.env.BATCH_JOBS_DIR;
    assert.ok(dataDir);
    assert.equal(existsSync(join(dataDir, 'daemon.json')), false);
  });
});
