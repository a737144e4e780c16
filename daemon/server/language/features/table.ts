import { completeKeys } from './completeKeys.ts';
import { completeNames } from './completeNames.ts';
import { documentSymbols } from './documentSymbols.ts';
import type { FeatureTable } from './feature.ts';
import { foldingRanges } from './foldingRanges.ts';
import { formatting } from './formatting.ts';
import { hoverKeys } from './hoverKeys.ts';
import { hoverNames } from './hoverNames.ts';
import { lastResults } from './lastResults.ts';
import { refreshLenses } from './lensClock.ts';
import { codeLenses } from './lenses.ts';
import { findDefinition, findReferences, highlight } from './navigation.ts';
import { quickFixes } from './quickFixes.ts';
import { prepareRename, rename } from './rename.ts';

/** Every feature of the language server. What is not here is not advertised to the client. */
export const features: FeatureTable = {
  completion: [completeNames, completeKeys],
  hover: [hoverNames, hoverKeys],
  diagnostics: [lastResults],
  codeActions: [quickFixes],
  codeLenses: [codeLenses],
  definition: findDefinition,
  references: findReferences,
  documentHighlight: highlight,
  prepareRename,
  rename,
  documentSymbol: documentSymbols,
  foldingRange: foldingRanges,
  formatting,
  background: [refreshLenses],
};
