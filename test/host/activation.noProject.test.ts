import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { extensionId } from './support.ts';

describe('a folder without files of ours', () => {
  it('does not activate the extension', () => {
    assert.equal(vscode.extensions.getExtension(extensionId)?.isActive, false);
  });
});
