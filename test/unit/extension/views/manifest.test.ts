import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jobStatusSchema, operationStatusSchema } from '../../../../daemon/protocol/entities.ts';
import { jobItem } from '../../../../extension/views/jobItem.ts';
import { relationItem } from '../../../../extension/views/catalogItems.ts';
import { operationItem } from '../../../../extension/views/operationItem.ts';
import { pipelineItem } from '../../../../extension/views/pipelineItem.ts';
import { batchFileItem } from '../../../../extension/views/batchFileItem.ts';
import { fakeJob, fakeJobId, fakeOperation } from '../../../support/fakeJobService.ts';

const root = resolve(import.meta.dirname, '../../../..');

interface Manifest {
  readonly icon: string;
  readonly contributes: {
    readonly viewsContainers: { readonly activitybar: readonly { readonly icon: string }[] };
    readonly menus: { readonly 'view/item/context': readonly { readonly when: string }[] };
    readonly walkthroughs: readonly {
      readonly steps: readonly { readonly media: { readonly svg: string } }[];
    }[];
  };
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

function everyToken(): Set<string> {
  const context = { nowMs: 0, isOwn: true, isConnected: true };
  const values = ['connection', 'project', 'schema', 'column'];
  const relation = {
    kind: 'relation',
    projectDir: '/',
    connection: 'a',
    schema: 'b',
    relation: 'c',
  } as const;
  const entry = {
    schema: 'b',
    name: 'c',
    columns: 1,
    row_count: { value: null, method: 'none' },
    comment: null,
  } as const;
  for (const kind of ['table', 'view'] as const)
    values.push(relationItem(relation, { ...entry, kind }).contextValue);
  for (const status of jobStatusSchema.options) {
    const job = fakeJob(fakeJobId(1), status, { definition_file: '/a' });
    values.push(jobItem({ ...job, progress: { ...job.progress, failed: 1 } }, context).contextValue);
  }
  const artifact = {
    artifact_id: 'a',
    name: 'a',
    kind: 'differences',
    content_type: '',
    path: '',
    bytes: 1,
  } as const;
  const node = { kind: 'operation', jobId: fakeJobId(1), operationId: 'op-0001' } as const;
  for (const status of operationStatusSchema.options) {
    values.push(operationItem(node, fakeOperation(0, { status, artifacts: [artifact] }), true).contextValue);
  }
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const check = { check: 'row_hash', name: 'x', severity: 'fail', expected: 1, actual: 2 } as const;
  const pipeline = {
    pipeline_id: 'a',
    file: '',
    range,
    source: null,
    target: null,
    checks: [],
    has_errors: false,
  };
  const ran = {
    job_id: fakeJobId(1),
    operation_id: 'op-0001',
    status: 'failed',
    finished_at: '',
    duration_ms: 1,
  } as const;
  const checks = [{ ...check, status: 'failed' as const, failing_rows: 1 }];
  values.push(pipelineItem('/', pipeline, { ...ran, pipeline_id: 'a', checks }, 0).contextValue);
  const batch = {
    file: '/a',
    project_dir: null,
    job_name: null,
    job_type: null,
    operations: null,
    parameters: [],
    has_errors: false,
  };
  const last = {
    job_id: fakeJobId(1),
    status: 'running',
    created_at: '',
    total: 1,
    completed: 0,
    failed: 0,
  } as const;
  values.push(batchFileItem(batch, last, { nowMs: 0, label: 'a' }).contextValue);
  return new Set(values.flatMap((value) => value.split(' ')));
}

describe('the manifest and the views', () => {
  it('agree on the tokens that decide which actions a line has', () => {
    const asked = manifest.contributes.menus['view/item/context'].flatMap(({ when }) =>
      [...when.matchAll(/viewItem =~ \/\\b\(?([\w|]+)\)?\\b\//g)].flatMap(([, names]) => names!.split('|')),
    );
    expect(asked.length).toBeGreaterThan(20);
    const told = everyToken();
    for (const token of asked) expect(told, token).toContain(token);
  });
});

describe('pictures', () => {
  it('are there, the icon in the size the gallery wants', () => {
    const png = readFileSync(join(root, manifest.icon));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([128, 128]);
  });

  it('of the activity bar takes the colour of the bar', () => {
    const [container] = manifest.contributes.viewsContainers.activitybar;
    const svg = readFileSync(join(root, container!.icon), 'utf8');
    expect(svg).toContain('viewBox="0 0 24 24"');
    expect([...svg.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, color]) => color)).toEqual([
      'none',
      'currentColor',
    ]);
  });

  it('of the walkthrough take every colour from the theme', () => {
    const files = manifest.contributes.walkthroughs.flatMap(({ steps }) =>
      steps.map((step) => step.media.svg),
    );
    expect(files).toHaveLength(5);
    for (const file of files) {
      expect(existsSync(join(root, file)), file).toBe(true);
      const svg = readFileSync(join(root, file), 'utf8');
      const colors = [...svg.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, color]) => color!);
      expect(colors.length).toBeGreaterThan(10);
      for (const color of colors)
        expect(color === 'none' || color.startsWith('var(--vscode-'), color).toBe(true);
      expect(svg).not.toMatch(/<script|<style|href=/);
    }
  });
});
