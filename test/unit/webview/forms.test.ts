import { describe, expect, it } from 'vitest';
import { methods } from '../../../daemon/protocol/methods.ts';
import { dependencyProblems } from '../../../webview/state/dependencies.ts';
import {
  definitionOf,
  formsSchema,
  methodOf,
  problemsOf,
  type FormName,
} from '../../../webview/state/forms.ts';

const now = new Date(2026, 0, 31, 12);
const forms = formsSchema.parse({});
const items = { ...forms.generation.items, Retail: { is_chosen: true, row_count: '10,000', seed: '7' } };
const filled = {
  pipelines: { ...forms.pipelines, chosen: ['b', 'a'] },
  generation: { ...forms.generation, items },
  metadata: { ...forms.metadata, chosen: ['legacy'] },
  projects: { ...forms.projects, chosen: ['/data/finance'] },
};
const names = Object.keys(filled) as FormName[];

describe('forms', () => {
  it('kept ones that cannot be read start anew, part by part', () => {
    const read = formsSchema.parse({
      pipelines: { job_name: 'kept', workers: 99, chosen: 'x' },
      metadata: 3,
    });
    expect(read.pipelines).toMatchObject({ job_name: 'kept', workers: 4, chosen: [] });
    expect(read.metadata).toEqual(forms.metadata);
    expect(read.generation.items.Retail).toEqual({ is_chosen: false, row_count: '10000', seed: '42' });
  });

  it.each(names)('%s: an empty form says what to tick', (name) => {
    expect(problemsOf(name, forms[name]).chosen).toMatch(/^Tick at least one /);
  });

  it.each(names)('%s: what a filled form says is what the API takes', (name) => {
    expect(problemsOf(name, filled[name])).toEqual({});
    const definition = definitionOf(name, filled[name], now);
    expect(() => methods[methodOf[name]].params.parse(definition)).not.toThrow();
  });

  it('the job is called after what it is and the day, unless a name is typed', () => {
    expect(definitionOf('pipelines', filled.pipelines, now).job_name).toBe('Validation 2026-01-31');
    const named = { ...filled.pipelines, job_name: ' Mine ' };
    expect(definitionOf('pipelines', named, now).job_name).toBe('Mine');
  });

  it('says options only where they are set', () => {
    const plain = definitionOf('pipelines', filled.pipelines, now);
    expect(plain).toEqual({
      job_name: 'Validation 2026-01-31',
      pipelines: [{ pipeline_id: 'b' }, { pipeline_id: 'a' }],
      parallel_execution: true,
      max_parallel: 4,
      stop_on_error: false,
    });
    const set = {
      ...filled.pipelines,
      is_parallel: false,
      stop_on_error: true,
      timeout: '30m',
      attempts: '3',
      tags: 'daily, , release 7',
    };
    expect(definitionOf('pipelines', set, now)).toMatchObject({
      parallel_execution: false,
      stop_on_error: true,
      timeout: '30m',
      retry: { max_attempts: 3 },
      tags: ['daily', 'release 7'],
    });
    expect(definitionOf('pipelines', set, now)).not.toHaveProperty('max_parallel');
  });

  it('a pipeline says what it runs after; only of those that are ticked', () => {
    const form = { ...filled.pipelines, priority: '-5', after: { a: ' b , b,', c: 'a' } };
    const definition = definitionOf('pipelines', form, now);
    expect(definition).toMatchObject({
      priority: -5,
      pipelines: [{ pipeline_id: 'b' }, { pipeline_id: 'a', depends_on: ['b'] }],
    });
    expect(definition.pipelines).toHaveLength(2);
    expect(() => methods['pipelines/bulkExecute'].params.parse(definition)).not.toThrow();
  });

  it.each([
    ['nothing', {}, {}],
    ['a chain', { a: 'b', b: 'c' }, {}],
    ['two ways to one', { a: 'b, c', b: 'c' }, {}],
    ['itself', { a: 'a' }, { a: 'A pipeline cannot run after itself.' }],
    ['what is not ticked', { a: 'b, x' }, { a: 'x is not one of the ticked pipelines.' }],
    ['a circle', { a: 'b', b: 'c', c: 'b' }, { b: 'These wait for each other: b → c → b.' }],
    ['what every object has', { a: 'toString' }, { a: 'toString is not one of the ticked pipelines.' }],
  ])('running after %s', (_what, after, problems) => {
    expect(dependencyProblems(['a', 'b', 'c'], after)).toEqual(problems);
    const named = Object.entries(problems).map(([id, problem]) => [`after ${id}`, problem]);
    expect(problemsOf('pipelines', { ...filled.pipelines, chosen: ['a', 'b', 'c'], after })).toEqual(
      Object.fromEntries(named),
    );
  });

  it('a chain as long as the largest batch is no problem', () => {
    const ids = Array.from({ length: 20_000 }, (_each, at) => `p${at}`);
    const after = Object.fromEntries(ids.slice(1).map((id, at) => [id, `p${at}`]));
    expect(dependencyProblems(ids.toReversed(), after)).toEqual({});
  });

  it('generation says the schemas that are ticked, with faults and target where given', () => {
    const form = { ...filled.generation, connection: 'warehouse', faults: '155' };
    expect(definitionOf('generation', form, now).items).toEqual([
      { schema_type: 'Retail', row_count: 10_000, seed: 7, connection: 'warehouse', faults: { count: 155 } },
    ]);
  });

  it.each([
    ['timeout', { timeout: 'soon' }],
    ['attempts', { attempts: '0' }],
    ['attempts', { attempts: '1.5' }],
    ['priority', { priority: '101' }],
    ['priority', { priority: '1e1' }],
  ])('a wrong %s is named', (field, part) => {
    expect(Object.keys(problemsOf('pipelines', { ...filled.pipelines, ...part }))).toEqual([field]);
  });

  it('rows and seeds are looked at only where the schema is ticked', () => {
    const wrong = { is_chosen: true, row_count: '0', seed: '-1' };
    const of = (Retail: typeof wrong) =>
      Object.keys(problemsOf('generation', { ...filled.generation, items: { ...items, Retail } }));
    expect(of(wrong)).toEqual(['Retail rows', 'Retail seed']);
    expect(of({ ...wrong, is_chosen: false })).toEqual(['chosen']);
  });
});
