import { pairFiles } from '../../../definitions/pairing/pairFiles.ts';
import type { LonelyTable } from '../../../definitions/pairing/pair.ts';
import { pairTables } from '../../../definitions/pairing/pairTables.ts';
import { tableName } from '../../../definitions/pairing/tableName.ts';
import type { StarterPipelines } from '../../../protocol/catalogMethods.ts';
import { readSnapshot } from './readSnapshot.ts';
import type { StarterRequest } from './threadProtocol.ts';

/** Starter pipelines for the tables of two catalogs that pair. */
export async function starterFiles(request: StarterRequest): Promise<StarterPipelines> {
  const { source, target, existing } = request;
  const pairing = pairTables(await readSnapshot(source.path), await readSnapshot(target.path), request);
  const names = { source: source.connection, target: target.connection, existing };
  const { files, pipelines, batch_file } = pairFiles(pairing.pairs, names, pairing.all_pairs);
  return {
    pairs: pipelines.map(({ pair, pipeline_id, path }) => ({
      source: tableName(pair.source),
      target: tableName(pair.target),
      by: pair.by,
      pipeline_id,
      file: path,
    })),
    only_source: pairing.only_source.map(lonelyOf),
    only_target: pairing.only_target.map(lonelyOf),
    files: Object.entries(files).map(([path, text]) => ({ path, text })),
    batch_file,
  };
}

function lonelyOf({ schema, table, reason }: LonelyTable): StarterPipelines['only_source'][number] {
  return { schema, table: table.name, reason };
}
