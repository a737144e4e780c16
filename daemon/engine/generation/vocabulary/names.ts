/**
 * Words that names and addresses are made of. Taken once from the locale data of @faker-js/faker 10.6.0 (MIT, Copyright (c)
 * 2022-2025 Faker) and kept here as they are: a later version of that package must not change what a seed gives. A changed
 * list changes every generated value that draws from it.
 */
export const words = (text: string): readonly string[] => text.trim().split(/,\s+/);

export const femaleNames = words(`
  Aaliyah, Adah, Adrianna, Alaina, Aleen, Alexandrine, Alivia, Alta, Alyssa, America, Anahi, Angelita, Annabell,
  Antoinette, Ardella, Ashleigh, Audra, Ayla, Belle, Beryl, Bianka, Breana, Brielle, Caitlyn, Candida, Carmela,
  Carrie, Cathryn, Chanelle, Cheyenne, Ciara, Claudine, Consuelo, Creola, Daisy, Daphney, Debra, Delphia,
  Destiny, Donna, Dovie, Edwina, Eleanora, Elisa, Elna, Elva, Emie, Enola, Esmeralda, Etha, Eunice, Faith, Fern,
  Frances, Gabrielle, Geraldine, Gladyce, Grayce, Haleigh, Haylee, Hellen, Hilda, Idell, Inez, Iva, Jacquelyn,
  Janelle, Jasmin, Jean, Jennifer, Jo, Jodi, Josie, Julie, Kailey, Kara, Karley, Katharina, Katlynn, Kayli,
  Kelly, Kiera, Kristi, Kylee, Latoya, Lauryn, Leanna, Lempi, Leora, Lexie, Lilla, Linnea, Loma, Lottie, Lucille,
  Lurline, Mabel, Maddison, Madyson, Maia, Mamie, Margarett, Mariah, Marietta, Marjorie, Maryam, Maudie, Maymie,
  Meggie, Melvina, Michelle, Mireya, Monserrat, Myrtice, Natalia, Nettie, Noemie, Oceane, Opal, Pamela, Pauline,
  Phyllis, Rachel, Raven, Reta, Rita, Rosalinda, Rosie, Rubye, Saige, Santa, Selena, Shanie, Shayna, Shyanne,
  Soledad, Stephanie, Sydnee, Tammy, Terri, Thora, Tracey, Trycia, Velda, Verlie, Victoria, Viva, Wilhelmine,
  Yazmin, Zelma, Abigaïl, Althée, Aphélie, Bérangère, Eugénie, Irène, Michèle, Ophélie, Sofía, Ève
`);

export const maleNames = words(`
  Aaron, Adalberto, Adonis, Akeem, Alessandro, Alford, Alvin, Andrew, Antwon, Arnaldo, Arturo, Barney, Benedict,
  Bernie, Bo, Brady, Brant, Brent, Bruce, Burley, Camden, Carlos, Cecil, Chance, Christ, Claude, Clint, Coleman,
  Conor, Cortez, Curtis, Damien, Danny, Darrel, Daryl, Dax, Dejon, Dennis, Derrick, Dewayne, Dion, Donato, Drew,
  Earl, Edmund, Eladio, Eliezer, Elmore, Emile, Enrico, Ernest, Eusebio, Ezequiel, Felton, Florian, Franklin,
  Fredy, Gardner, Garth, Geovanni, Gerson, Giovanny, Grant, Grover, Gustavo, Harry, Henri, Hillard, Hosea,
  Humberto, Irving, Ismael, Jack, Jaleel, Jamil, Jarred, Javier, Jed, Jerald, Jermey, Jesus, Joey, Johnson,
  Jorge, Jovani, Julio, Juvenal, Kamron, Keith, Kent, Keyon, Kirk, Kristofer, Lamar, Lawson, Leonardo, Lincoln,
  Lonny, Lucio, Mac, Marcel, Mark, Marvin, Maverick, Mekhi, Miles, Mohammad, Moshe, Nash, Ned, Nicklaus, Noah,
  Norval, Oliver, Orlando, Oswald, Paolo, Pete, Price, Rahul, Raoul, Reed, Rey, Rick, Rod, Rogers, Ronny, Ruben,
  Ryan, Santiago, Seamus, Shaun, Sim, Stanton, Stone, Taurean, Thaddeus, Timmy, Tomas, Tre, Triston, Tyrese,
  Uriel, Vince, Waldo, Wayne, Wilber, Will, Winfield, Zachariah, Abélard, André, Bérard, Côme, Guérin, Joël,
  Moïse, Ramón, Tancrède, Ángel
`);

export const lastNames = words(`
  Abbott, Abernathy, Adams, Anderson, Armstrong, Auer, Bahringer, Balistreri, Bartell, Barton, Bashirian, Bauch,
  Bayer, Beatty, Becker, Bednar, Beier, Bergnaum, Bernhard, Bins, Blanda, Block, Boehm, Bogisich, Bosco,
  Botsford, Boyle, Brakus, Breitenberg, Brekke, Bruen, Carroll, Cartwright, Cassin, Champlin, Cole, Collins,
  Connelly, Considine, Corkery, Corwin, Crist, Cronin, Cruickshank, Cummerata, Dach, Dare, Davis, Denesik,
  Dibbert, Dicki, Dietrich, Dooley, Douglas, DuBuque, Ebert, Emard, Erdman, Ernser, Fahey, Fay, Feest, Ferry,
  Fisher, Frami, Franey, Fritsch, Gerhold, Gerlach, Gislason, Gleichner, Goldner, Gorczany, Gottlieb, Grady,
  Grant, Greenfelder, Grimes, Gulgowski, Gutkowski, Haag, Hagenes, Hahn, Halvorson, Hammes, Hane, Harber, Harris,
  Harvey, Hayes, Heathcote, Heidenreich, Heller, Hermann, Herzog, Hettinger, Hilll, Hills, Hintz, Hodkiewicz,
  Homenick, Howe, Howell, Huel, Hyatt, Jacobs, Jacobson, Jaskolski, Jenkins, Johns, Johnston, Jones, Kautzer,
  Keeling, Kerluke, Kessler, Kiehn, Kilback, Kirlin, Kling, Koch, Koelpin, Kohler, Koss, Kozey, Kreiger, Kris,
  Kub, Kuhlman, Kulas, Kunze, Kuphal, Kuvalis, Lakin, Langosh, Langworth, Larson, Lebsack, Leffler, Lehner,
  Lemke, Leuschke, Lindgren, Little, Lowe, Lubowitz, Luettgen, MacGyver, Maggio, Mante, Marks, Marvin, Mayert,
  McCullough, McGlynn, McKenzie, Medhurst, Metz, Mills, Mitchell, Mohr, Moore, Morissette, Mraz, Mueller,
  Murazik, Murray, Nicolas, Nikolaus, Nitzsche, Oberbrunner, Olson, Orn, Osinski, Pacocha, Pagac, Parker,
  Pfannerstill, Pollich, Pouros, Predovic, Prohaska, Purdy, Quigley, Rath, Rau, Reichel, Reilly, Reinger, Renner,
  Rice, Ritchie, Roberts, Rodriguez, Rohan, Romaguera, Rosenbaum, Ruecker, Runolfsdottir, Runte, Rutherford,
  Sanford, Sauer, Sawayn, Schaefer, Schiller, Schinner, Schmidt, Schmitt, Schoen, Schroeder, Schultz, Schumm,
  Schuster, Shanahan, Simonis, Skiles, Smith, Spencer, Sporer, Stanton, Stehr, Steuber, Stokes, Stracke, Stroman,
  Swaniawski, Swift, Thiel, Tillman, Torphy, Toy, Trantow, Treutel, Turcotte, Ullrich, Upton, Veum, Von, Waelchi,
  Walsh, Walter, Waters, Weber, Weimann, Welch, West, Wiegand, Wilkinson, Williamson, Windler, Wintheiser,
  Wisozk, Wiza, Wolff, Wunsch, Wyman, Yundt, Zemlak, Zieme, O'Brien, D'Amore, O'Connell, O'Keefe, Bräutigam,
  Büchele, Döbel, Grötzinger, Güldemeister, Hönig, Krämer, König, Küsters, Mäder, Müller, Rohländer, Schröder,
  Schönenberger, Spöttel, Többen, Acuña, Barragán, Carrión, Delacrúz, Fernández, Guzmán, López, Montañez, Núñez,
  Ramírez, Santillán, Valentín, Bagiński, Frączek, Kamiński, Marszałek, Różycki, Wróbel
`);

export const streetNames = words(`
  A Street, Airport Road, Alfred Street, Ash Street, Baker Street, Bath Road, Beech Close, Bell Lane, Birch Road,
  Bramble Close, Broad Street, Brook Road, Canal Street, Castle Street, Cedar Road, Center Street, Chapel Road,
  Cherry Street, Chestnut Grove, Church Lane, Church Walk, Clark Street, Clifton Road, Commerce Street,
  Coronation Road, Crescent Road, Crown Street, Depot Street, Douglas Road, E Broadway Street, E Church Street,
  E High Street, E Maple Street, E Pine Street, E Union Street, East Avenue, Elm Grove, Farm Close, First Street,
  Fourth Avenue, Frontage Road, Glebe Close, Grange Avenue, Green Close, Greenwood Road, Hall Street,
  Hazel Close, Henry Street, Highfield Avenue, Hill Street, Holly Close, Jackson Avenue, Johnson Street,
  King Street, Lafayette Street, Lancaster Road, Lawrence Street, Lincoln Highway, Lodge Lane, Madison Street,
  Main Street, Manchester Road, Manor Way, Maple Street, Marlborough Road, Mary Street, Meadow View, Mill Lane,
  Milton Street, Mount Street, N Broadway Street, N Church Street, N Elm Street, N High Street, N Main,
  N Monroe Street, N Poplar Street, N Walnut Street, Nelson Street, Nightingale Close, North Street, Oak Lane,
  Old Lane, Orchard Lane, Park Avenue, Park Place, Pearl Street, Pinfold Lane, Poplar Street, Priory Close,
  Prospect Road, Railroad Street, Richmond Road, Riverside Avenue, Rowan Close, S Broadway Street,
  S College Street, S Front Street, S Jefferson Street, S Maple Street, S Park Street, S Walnut Street,
  S West Street, School Lane, Skyline Drive, South Road, Springfield Close, Stanley Road, State Street,
  Sycamore Close, The Avenue, The Coppice, The Drive, The Grove, The Maltings, The Oaks, The Poplars,
  The Spinney, Third Street, Union Avenue, Veterans Memorial Drive, Victoria Place, W Broad Street,
  W Central Avenue, W Elm Street, W Jackson Street, W Maple Street, W Park Street, W State Street, Walnut Close,
  Washington Boulevard, Waterloo Road, Well Lane, West Lane, Western Road, Willow Drive, Windermere Road,
  Windsor Drive, Woodlands, Woodside Road
`);

export const productAdjectives = words(`
  Awesome, Bespoke, Electronic, Elegant, Ergonomic, Fantastic, Fresh, Frozen, Generic, Gorgeous, Handcrafted,
  Handmade, Incredible, Intelligent, Licensed, Luxurious, Modern, Oriental, Practical, Recycled, Refined, Rustic,
  Sleek, Small, Soft, Tasty, Unbranded
`);

export const productMaterials = words(`
  Aluminum, Bamboo, Bronze, Ceramic, Concrete, Cotton, Gold, Granite, Marble, Metal, Plastic, Rubber, Silk,
  Steel, Wooden
`);

export const companyWords = words(`
  Abbott, Anderson, Bahringer, Bartoletti, Baumbach, Becker, Bergnaum, Blanda, Bogan, Boyer, Breitenberg,
  Carroll, Champlin, Connelly, Corwin, Crooks, Daniel, Denesik, Dietrich, Durgan, Erdman, Fay, Fisher, Friesen,
  Gibson, Goldner, Graham, Grimes, Haag, Halvorson, Hansen, Hauck, Heidenreich, Herzog, Hills, Hoeger, Hudson,
  Jacobs, Jenkins, Kassulke, Kerluke, Kilback, Klocko, Konopelski, Kreiger, Kuhlman, Kuphal, Lang, Leannon,
  Lehner, Lindgren, Lubowitz, Mann, Mayer, Miller, Monahan, Mraz, Murray, Nitzsche, Ondricka, Padberg,
  Pfannerstill, Predovic, Quigley, Raynor, Renner, Robel, Rolfson, Ruecker, Rutherford, Sawayn, Schimmel,
  Schneider, Schultz, Shanahan, Smith, Stamm, Stiedemann, Strosin, Thompson, Toy, Turcotte, Veum, Walsh, Weber,
  West, Will, Wisoky, Wolff, Yundt
`);

export const companySuffixes = words(`
  Inc, LLC, Group, and Sons, Partners, Holdings, Ltd, Co
`);
