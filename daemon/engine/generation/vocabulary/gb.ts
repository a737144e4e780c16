/** British streets, taken once from the locale data of @faker-js/faker 10.6.0 (MIT, Copyright (c) 2022-2025 Faker); see names.ts. */
import { words } from './names.ts';

export const streetNames = words(`
  Abbey Road, Albion Street, Ash Close, Aspen Close, Balmoral Road, Bath Street, Beech Close, Beechwood Avenue,
  Birch Close, Blind Lane, Bramley Close, Brook Lane, Brookside, Castle Lane, Cedar Avenue, Cedar Road, Chapel Hill,
  Charles Street, Chestnut Close, Church Close, Church Path, Claremont Road, Clay Lane, Commercial Road,
  Coronation Road, Cross Lane, Dale Street, Devonshire Road, East Road, Elm Grove, Ferry Road, Fore Street,
  Front Street, Gladstone Road, Gordon Road, Grange Road, Greenway, Hall Lane, Hazel Close, Henry Street,
  High Street, Hill Road, Hillside Close, Honeysuckle Close, Juniper Close, King's Road, Laburnum Grove,
  Laurel Close, Lodge Close, Low Road, Manor Drive, Manor Way, Market Place, Mary Street, Meadow Drive,
  Middle Street, Mill Street, Moor Lane, Nelson Road, New Street, Norfolk Road, Northfield Road, Oak Road, Oaklands,
  Orchard Drive, Orchard Street, Park Crescent, Park Road, Parkside, Poplar Avenue, Princes Street, Priory Road,
  Quarry Road, Rectory Lane, Riverside, Russell Street, School Close, Second Avenue, South Drive, South View,
  St Andrew's Road, St Mary's Close, Stanley Street, Sycamore Avenue, Tennyson Road, The Causeway, The Crescent,
  The Fairway, The Green, The Laurels, The Mews, The Orchard, The Poplars, The Sidings, The Willows, Trinity Road,
  Valley Road, Victoria Place, Warren Close, Water Street, Waverley Road, West End, West View, Westgate,
  Willow Grove, Windmill Close, Windsor Drive, Woodland Road, Woodlands Close, Wren Close
`);
