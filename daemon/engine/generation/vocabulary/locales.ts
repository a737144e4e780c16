import type { Locale } from '../../../protocol/files/generation.ts';
import * as de from './de.ts';
import * as es from './es.ts';
import * as fr from './fr.ts';
import * as gb from './gb.ts';
import * as us from './names.ts';
import * as pl from './pl.ts';
import {
  britishPlaces,
  frenchPlaces,
  germanPlaces,
  places,
  polishPlaces,
  spanishPlaces,
  type Place,
} from './places.ts';

export interface Vocabulary {
  readonly femaleNames: readonly string[];
  readonly maleNames: readonly string[];
  readonly lastNames: readonly string[];
  readonly streetNames: readonly string[];
  readonly places: readonly Place[];
  /** The number of a house stands before its street. */
  readonly isNumberFirst: boolean;
}

const plain = (names: readonly string[]) => names.filter((name) => /^[A-Za-z' ]+$/.test(name));

const vocabularies: Readonly<Record<Locale, Vocabulary>> = {
  // A country of immigrants: the lists hold names of five languages.
  en_US: { ...us, places, isNumberFirst: true },
  en_GB: {
    femaleNames: plain(us.femaleNames),
    maleNames: plain(us.maleNames),
    lastNames: plain(us.lastNames),
    streetNames: gb.streetNames,
    places: britishPlaces,
    isNumberFirst: true,
  },
  de_DE: { ...de, places: germanPlaces, isNumberFirst: false },
  fr_FR: { ...fr, places: frenchPlaces, isNumberFirst: true },
  es_ES: { ...es, places: spanishPlaces, isNumberFirst: false },
  pl_PL: { ...pl, places: polishPlaces, isNumberFirst: false },
};

/** Names, streets and places of a locale. */
export function vocabularyOf(locale: Locale): Vocabulary {
  return vocabularies[locale];
}
