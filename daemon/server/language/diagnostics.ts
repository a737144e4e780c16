import { DiagnosticSeverity, type Diagnostic as LspDiagnostic } from 'vscode-languageserver/node';
import type { Diagnostic } from '../../protocol/errors.ts';
import { definitionsSource } from '../../protocol/language.ts';
import { toLspRange } from './ranges.ts';

/** What a diagnostic carries for code actions; clients send it back with them. */
export interface DiagnosticData {
  readonly hint?: string;
  readonly suggestions?: readonly string[];
}

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const;

/** A diagnostic of the definitions as an editor shows it: what is wrong, and below it what to write instead. */
export function toLspDiagnostic(diagnostic: Diagnostic): LspDiagnostic {
  const { code, message, hint, severity, suggestions } = diagnostic;
  const data: DiagnosticData = {
    ...(hint === undefined ? {} : { hint }),
    ...(suggestions === undefined ? {} : { suggestions }),
  };
  return {
    range: toLspRange(diagnostic),
    severity: severities[severity],
    code,
    source: definitionsSource,
    message: hint === undefined ? message : `${message}\n${hint}`,
    data,
  };
}
