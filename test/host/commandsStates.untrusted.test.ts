import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { callEveryCommand, commandsWith, drive, faultsOf, type Driven } from './commandsSupport.ts';

/** Those that read files or show what is there. */
const harmless = [
  'openDefinition',
  'copyJobId',
  'copyName',
  'clearFilter',
  'refresh',
  'showDaemonLog',
  'showLog',
  'doctor',
  'openWalkthrough',
].map((name) => `ombudsman.${name}`);

describe('every command of the palette in Restricted Mode', function () {
  this.timeout(120_000);
  let driven: Driven;
  before(async () => {
    driven = await drive();
  });
  after(() => driven.screen.restore());

  it('ends well; what would run asks for trust, and no daemon is started', async () => {
    const outcomes = await callEveryCommand(driven);
    assert.deepEqual(faultsOf(outcomes), []);
    const refused = commandsWith(outcomes, 'Manage Workspace Trust');
    for (const id of driven.commandIds) {
      if (!harmless.includes(id)) assert.ok(refused.includes(id), `${id} was not refused`);
    }
    assert.equal(existsSync(join(process.env.BATCH_JOBS_DIR ?? '', 'daemon.json')), false);
  });
});
