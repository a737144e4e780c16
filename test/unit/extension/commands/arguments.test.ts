import { describe, expect, it } from 'vitest';
import {
  filesOf,
  jobIdOf,
  jobIdsOf,
  nodeOf,
  operationsOf,
  recordOf,
  textOf,
} from '../../../../extension/commands/arguments.ts';
import { jobIds } from './samples.ts';

const [first = '', second = '', third = ''] = jobIds;
const jobNode = (jobId: string) => ({ kind: 'job', jobId }) as const;
const operationNode = (jobId: string, operationId: string) =>
  ({ kind: 'operation', jobId, operationId }) as const;
const uri = (fsPath: string, scheme = 'file') => ({ fsPath, scheme });

describe('the jobs a command is called with', () => {
  it('are the selected ones, each once', () => {
    const selected = [jobNode(first), jobNode(second), jobNode(first)];
    expect(jobIdsOf([jobNode(first), selected])).toEqual([first, second]);
  });

  it('are not those of operations that are selected beside them', () => {
    const selected = [jobNode(first), operationNode(third, 'op-0001')];
    expect(jobIdsOf([jobNode(first), selected])).toEqual([first]);
    expect(jobIdsOf([selected[1], selected])).toEqual([first]);
  });

  it('to be shown are those of operations, too', () => {
    expect(jobIdOf([operationNode(third, 'op-0001')])).toBe(third);
    expect(jobIdOf([jobNode(first), [operationNode(third, 'op-0001'), jobNode(first)]])).toBe(first);
    expect(jobIdOf([second])).toBe(second);
    expect(jobIdOf([])).toBeUndefined();
  });

  it('are the clicked one where nothing is selected', () => {
    expect(jobIdsOf([jobNode(second), undefined])).toEqual([second]);
    expect(jobIdsOf([jobNode(second), []])).toEqual([second]);
  });

  it('are those of a program: an id or several', () => {
    expect(jobIdsOf([first])).toEqual([first]);
    expect(jobIdsOf([[first, second]])).toEqual([first, second]);
  });

  it('are none from the palette, from a file or from nonsense', () => {
    expect(jobIdsOf([])).toEqual([]);
    expect(jobIdsOf(['/data/shop/daily.batch.yaml'])).toEqual([]);
    expect(jobIdsOf([null, 7])).toEqual([]);
    expect(jobIdsOf([uri('/a')])).toEqual([]);
  });
});

describe('the operations a command is called with', () => {
  it('are those of the selected nodes', () => {
    const nodes = [operationNode(first, 'op-0001'), jobNode(second), operationNode(second, 'op-0002')];
    expect(operationsOf([nodes[0], nodes])).toEqual([
      { jobId: first, operationId: 'op-0001' },
      { jobId: second, operationId: 'op-0002' },
    ]);
  });

  it('are those of a program: a job and one of its operations or several', () => {
    expect(operationsOf([first, 'op-0003'])).toEqual([{ jobId: first, operationId: 'op-0003' }]);
    expect(operationsOf([first, ['op-0003', 'op-0004']])).toHaveLength(2);
  });

  it('are none of what is no operation', () => {
    expect(operationsOf([first])).toEqual([]);
    expect(operationsOf([first, '../secret'])).toEqual([]);
    expect(operationsOf(['op-0001', 'op-0002'])).toEqual([]);
  });
});

describe('the files a command is called with', () => {
  it('are those of nodes of batch files', () => {
    const nodes = ['/a.batch.yaml', '/b.batch.yaml'].map((file) => ({ kind: 'batchFile', file }));
    expect(filesOf([nodes[0], nodes])).toEqual(['/a.batch.yaml', '/b.batch.yaml']);
  });

  it('are the selection of the explorer', () => {
    expect(filesOf([uri('/a'), [uri('/a'), uri('/b')]])).toEqual(['/a', '/b']);
  });

  it('are the one address of an editor title, whatever comes with it', () => {
    expect(filesOf([uri('/a'), { groupId: 1 }])).toEqual(['/a']);
  });

  it('are the path of a code lens', () => {
    expect(filesOf(['/data/shop/daily.batch.yaml'])).toEqual(['/data/shop/daily.batch.yaml']);
  });

  it('are none for an address that is no file, or an id', () => {
    expect(filesOf([uri('/a', 'ombudsman')])).toEqual([]);
    expect(filesOf([first])).toEqual([]);
    expect(filesOf([])).toEqual([]);
  });
});

describe('a record that a program passes', () => {
  it('is neither a node nor an address nor a list', () => {
    const record = { project_dir: '/data/shop', name: 'PG', value: '' };
    expect(recordOf([record])).toBe(record);
    expect(recordOf(['/file', { parameters: { a: 1 } }], 1)).toEqual({ parameters: { a: 1 } });
    for (const other of [jobNode(first), uri('/a'), [record], 'text', null, undefined]) {
      expect(recordOf([other])).toBeUndefined();
    }
  });

  it('has texts that are not empty', () => {
    expect(textOf({ a: 'b', c: '', d: 4 }, 'a')).toBe('b');
    expect(textOf({ c: '' }, 'c')).toBeUndefined();
    expect(textOf({ d: 4 }, 'd')).toBeUndefined();
    expect(textOf(undefined, 'a')).toBeUndefined();
  });
});

it('a node is what has a kind', () => {
  expect(nodeOf([jobNode(first)])).toEqual(jobNode(first));
  expect(nodeOf([uri('/a')])).toBeUndefined();
  expect(nodeOf([])).toBeUndefined();
});
