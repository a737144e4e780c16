import type { DictionaryName } from '../../../protocol/files/schema.ts';
import { isOwnDictionary } from '../../../definitions/schema/columns.ts';
import { pick } from '../domains/people.ts';
import { textList } from './literals.ts';
import type { Place, RowBuilder } from './rowBuilder.ts';

/**
 * A word of a dictionary. What belongs together is drawn together: the first columns of a table with the parts of a name are of one
 * person, those with the parts of an address of one place; second ones (a contact, a second address) of a second.
 */
export function dictionaryValue(
  builder: RowBuilder,
  place: Place,
  column: string,
  dictionary: string,
): string {
  const { schema } = builder.context;
  if (isOwnDictionary(schema, dictionary)) {
    const words = builder.list(dictionary, textList(schema.dictionaries?.[dictionary] ?? []));
    return `gen_pick(${words}, ${builder.draw(place, column)})`;
  }
  const same = Object.entries(schema.tables[place.table]?.columns ?? {}).filter(
    ([, each]) => each.dictionary === dictionary,
  );
  const number = same.findIndex(([name]) => name === column) + 1;
  const draw = (stream: string) => builder.draw(place, `(${stream} ${number})`);
  return words[dictionary as DictionaryName](draw, column, place);
}

type Draw = (stream: string) => string;

const female = (draw: Draw) => pick('gen_female_names', draw('first'));
const male = (draw: Draw) => pick('gen_male_names', draw('first'));
const first = (draw: Draw) =>
  `case when ${draw('sex')} < 2147483648 then ${female(draw)} else ${male(draw)} end`;
const last = (draw: Draw) => pick('gen_last_names', draw('last'));
const houseNumber = (draw: Draw) => `(1 + gen_below(${draw('house')}, 299))::varchar`;
const road = (draw: Draw) => pick('gen_streets', draw('street'));

const words: Readonly<Record<DictionaryName, (draw: Draw, column: string, place: Place) => string>> = {
  first_name: first,
  female_name: female,
  male_name: male,
  last_name: last,
  full_name: (draw) => `${first(draw)} || ' ' || ${last(draw)}`,
  street: (draw) =>
    `case when getvariable('gen_number_first') then ${houseNumber(draw)} || ' ' || ${road(draw)} else ${road(draw)} || ' ' || ${houseNumber(draw)} end`,
  city: (draw) => pick('gen_cities', draw('place')),
  state: (draw) => pick('gen_states', draw('place')),
  postal_code: (draw) => pick('gen_zips', draw('place')),
  country_code: () => `getvariable('gen_country')`,
  company: (draw) =>
    `${pick('gen_company_words', draw('company'))} || ' ' || ${pick('gen_company_suffixes', draw('suffix'))}`,
  product: (draw) =>
    `${pick('gen_product_adjectives', draw('adjective'))} || ' ' || ${pick('gen_product_materials', draw('material'))} || ' ' || ${pick('gen_product_nouns', draw('noun'))}`,
  // The number of the row makes it the row's own; example.com belongs to nobody.
  email: (draw, _, { row }) =>
    `regexp_replace(lower(strip_accents((${first(draw)}) || '.' || ${last(draw)})), '[^a-z.]', '', 'g') || ${row}::varchar || '@example.com'`,
};
