import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { callEveryCommand, commandsWith, drive, faultsOf, type Driven } from './commandsSupport.ts';

describe('every command of the palette in a folder without a project', function () {
  this.timeout(120_000);
  let driven: Driven;
  before(async () => {
    driven = await drive();
  });
  after(() => driven.screen.restore());

  it('ends well; what needs a project offers to create one', async () => {
    const outcomes = await callEveryCommand(driven);
    assert.deepEqual(faultsOf(outcomes), []);
    const needing = [
      'runBatchFile',
      'dryRunBatchFile',
      'runPipelines',
      'runPipeline',
      'extractMetadata',
      'validateProjects',
      'checkConnections',
      'createPipelines',
      'filterTables',
      'setSecret',
      'removeSecret',
    ];
    assert.deepEqual(
      commandsWith(outcomes, 'Create Project'),
      needing.map((name) => `ombudsman.${name}`),
    );
  });
});
