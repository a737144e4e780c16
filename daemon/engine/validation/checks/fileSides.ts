import { resolveTable, type FileFormat } from '../../connections/filesFolder.ts';
import { EngineError } from '../../errors.ts';
import type { CheckContext, CheckSide } from './check.ts';
import { chosenSides } from './sides.ts';

export interface SideFiles {
  readonly side: CheckSide;
  /** Absolute paths. */
  readonly files: readonly string[];
}

/** The files behind the chosen sides; with `both`, sides that are no files are left out. None at all is an EngineError. */
export function filesOf(
  wanted: 'source' | 'target' | 'both',
  format: FileFormat,
  context: CheckContext,
): SideFiles[] {
  const found = chosenSides(context, wanted).flatMap((side) => {
    const { definition, relation } = side.side;
    if (definition.type !== 'files' || relation.table === undefined) return [];
    const table = resolveTable(definition.path, relation.table);
    return table.format === format ? [{ side, files: table.files }] : [];
  });
  if (found.length > 0) return found;
  const where = wanted === 'both' ? 'neither side is' : `the ${wanted} is not`;
  throw new EngineError('definition', 'no_files', `${where} a table of ${format} files`, {
    hint: `The check is for connections of type files with ${format} files.`,
  });
}
