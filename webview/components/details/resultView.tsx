import type { ComponentChildren } from 'preact';
import type { OperationResult } from '../../../daemon/protocol/results.ts';
import { formatCount, plural, visible } from '../../state/format.ts';
import { Name } from '../ui/name.tsx';
import { ChecksTable } from './checksTable.tsx';
import { EvidenceView } from './evidenceView.tsx';
import { ProjectResultView } from './projectResult.tsx';
import { Table } from './table.tsx';

export interface ResultViewProps {
  readonly jobId: string;
  readonly operationId: string;
  readonly result: OperationResult;
}

/** A result as tables for people; the JSON is one button away. */
export function ResultView({ jobId, operationId, result }: ResultViewProps) {
  return (
    <section aria-label="Result">
      {resultOf(jobId, operationId, result)}
      <EvidenceView evidence={result.evidence} />
    </section>
  );
}

function resultOf(jobId: string, operationId: string, result: OperationResult): ComponentChildren {
  switch (result.type) {
    case 'pipeline':
      return <ChecksTable jobId={jobId} operationId={operationId} checks={result.checks} />;
    case 'data_generation':
      return <Generated result={result} />;
    case 'metadata_extraction':
      return <Extracted result={result} />;
    case 'project_validation':
      return <ProjectResultView jobId={jobId} operationId={operationId} result={result} />;
    case 'command':
      return (
        <p>
          Exit code {result.exit_code ?? 'none'}
          {result.signal === undefined ? '' : `, ended by ${result.signal}`}
        </p>
      );
    case 'noop':
      return null;
  }
}

type Result<T extends OperationResult['type']> = Extract<OperationResult, { type: T }>;

function Generated({ result }: { readonly result: Result<'data_generation'> }) {
  const { tables, seed, faults_planted: faults, verified } = result;
  return (
    <>
      <h4>
        {visible(result.schema_type)}, seed {seed}
      </h4>
      <Table
        head={['Table', 'Rows']}
        numbers={[1]}
        rows={tables.map(({ table, rows }) => [<Name key="name" text={table} />, formatCount(rows)])}
      />
      {faults === undefined ? null : (
        <>
          <h4>{plural(faults.total, 'planted fault')}</h4>
          <Table
            head={['Kind', 'Faults']}
            numbers={[1]}
            rows={Object.entries(faults.by_kind).map(([kind, count]) => [kind, formatCount(count)])}
          />
        </>
      )}
      {verified.length === 0 ? null : (
        <>
          <h4>Verified in the target</h4>
          <Table
            head={['What', 'Expected', 'Actual']}
            numbers={[1, 2]}
            rows={verified.map(({ what, expected, actual }) => [
              visible(what, 200),
              formatCount(expected),
              formatCount(actual),
            ])}
          />
        </>
      )}
    </>
  );
}

function Extracted({ result }: { readonly result: Result<'metadata_extraction'> }) {
  return (
    <>
      <h4>What was found</h4>
      <Table
        head={['What', 'Count']}
        numbers={[1]}
        rows={Object.entries(result.counts).map(([what, count]) => [
          what.replaceAll('_', ' '),
          formatCount(count),
        ])}
      />
      {result.unreadable.length === 0 ? null : (
        <>
          <h4>Could not be read</h4>
          <Table
            head={['Object', 'Why']}
            rows={result.unreadable.map(({ object, reason }) => [
              <Name key="name" text={object} />,
              visible(reason, 300),
            ])}
          />
        </>
      )}
    </>
  );
}
