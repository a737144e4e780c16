import { languageOptionsSchema } from '../../protocol/language.ts';
import { isRecord, valueAt } from '../../definitions/values.ts';
import type { LanguageSettings } from './features/feature.ts';

/** Settings of initialize; what is no such thing is taken as not said. */
export function settingsOfInitialize(options: unknown): LanguageSettings {
  const parsed = languageOptionsSchema.safeParse(isRecord(options) ? options : {});
  return parsed.success ? parsed.data : languageOptionsSchema.parse({});
}

/** The settings after a change, in the names of VS Code's settings or in those of initialize. */
export function settingsAfterChange(before: LanguageSettings, settings: unknown): LanguageSettings {
  const section = isRecord(settings) && isRecord(settings.ombudsman) ? settings.ombudsman : settings;
  const flag = (unset: boolean, ...paths: readonly (readonly string[])[]): boolean =>
    paths.map((path) => valueAt(section, path)).find((value) => typeof value === 'boolean') ?? unset;
  return {
    isTrusted: flag(before.isTrusted, ['isTrusted']),
    codeLens: flag(before.codeLens, ['codeLens', 'enabled'], ['codeLens']),
    showResults: flag(before.showResults, ['results', 'showInEditor'], ['showResults']),
  };
}
