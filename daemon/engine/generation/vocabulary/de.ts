/** German names and streets, taken once from the locale data of @faker-js/faker 10.6.0 (MIT, Copyright (c) 2022-2025 Faker); see names.ts. */
import { words } from './names.ts';

export const femaleNames = words(`
  Aaliyah, Adriana, Alena, Alexia, Alice, Aliya, Amalia, Amira, Andrea, Ann, Anne, Annie, Ariana, Aurelia, Ayse,
  Cara, Carolin, Catrin, Celine, Charlotta, Christina, Colleen, Dana, Delia, Eda, Elea, Elif, Ellen, Emely, Emmi,
  Esma, Evelina, Fatma, Fenja, Flora, Frederike, Giada, Hailey, Helen, Hermine, Ines, Isabel, Jacqueline, Janina,
  Jasmine, Jessica, Joana, Johanna, Joline, Josephine, Judith, Juliane, Juna, Karolina, Kathrin, Kiana, Klara, Lana,
  Lea, Lee, Lenia, Leonie, Leyla, Lilian, Lilly, Line, Lisanne, Lorena, Luana, Luisa, Lydia, Madleen, Maja, Mandy,
  Maria, Marika, Marla, Martha, Matilda, Mayra, Melek, Melisa, Mia, Milana, Miray, Nadine, Natalia, Nelli, Nike,
  Nora, Paulina, Rahel, Rieke, Rosa, Sally, Sandra, Saskia, Sidney, Smilla, Sophie, Stina, Sydney, Tamia, Teresa,
  Theresa, Valentina, Victoria, Vivienne, Yaren, Zara
`);

export const maleNames = words(`
  Aaron, Adriano, Albert, Alfred, Andre, Anthony, Arne, Arvid, Batuhan, Bennet, Bernd, Boris, Burak, Carlos,
  Charlie, Christopher, Conner, Damian, Darian, Davin, Devin, Dominic, Eddi, Ege, Emanuel, Emirhan, Eren, Fabien,
  Fiete, Finnley, Frederick, Fynn, Gianluca, Gustav, Hans, Hennes, Henry, Ilja, Ivan, Jakob, Janis, Jano, Jarno,
  Jayden, Jeremie, Jesse, Johann, Jonas, Joris, Josh, Julien, Kaan, Karlo, Keno, Kilian, Konstantin, Lasse, Lean,
  Lenn, Lennox, Leonardo, Levent, Liam, Lio, Lorenzo, Lucian, Luk, Mads, Malte, Marcus, Mark, Marten, Mathis,
  Matthias, Maxim, Merlin, Miguel, Milo, Mohamed, Muhammed, Nelson, Nico, Niko, Noel, Oliver, Pascal, Pepe, Pierre,
  Quirin, Rasmus, Riccardo, Robin, Ryan, Sammy, Sean, Silas, Stefan, Sven, Tammo, Theo, Thorben, Tillmann, Timothy,
  Tobias, Torben, Umut, Viktor, Wilhelm, Yannic, Youssef
`);

export const lastNames = words(`
  Abel, Adam, Albert, Anggreny, Astafei, Bak, Bartels, Bauschinger, Bedewitz, Bender, Bertenbreiter, Bichler,
  Birkemeyer, Blum, Bork, Bourrouag, Brauer, Breu, Bruckmann, Buchrucker, Burmeister, Böhm, Büngener, Caspers,
  Conrad, Dahm, Daudrich, Deerberg, Dertmann, Dietrich, Dittmer, Donie, Drews, Dörner, Effler, Ekpo, Engelen, Erwes,
  Falter, Fenske, Fink, Flottmann, Franz, Freisen, Friess, Förster, Gangnus, Geese, Gens, Ghirmai, Goedicke,
  Golomski, Grams, Griem, Grothaus, Grötzinger, Gutschank, Günther, Hackelbusch, Hanenberger, Harting, Hassfeld,
  Hedermann, Heinze, Hennes, Herberger, Hertel, Hetzler, Hiller, Hoffmann, Holinski, Hoppe, Huckestein, Huneke,
  Hördt, Illing, Jahnke, Jansen, Jess, Just, Kalinowski, Karrass, Kaul, Kelm, Kette, Kirst, Kleiber, Klinger,
  Kneifel, Knut, Koehler, Koj, Konya, Kowalick, Krause, Krippner, Kruschinski, Kuhnen, Kurnicki, Kutzner, Köpernick,
  Kühnke, Lamos, Laurén, Leibold, Lenfers, Letzelter, Liebe, Lindner, Logsch, Lott, Löser, Maisch, Marchewski,
  Martin, Matthes, Mehl, Menga, Metzger, Minah, Mohrhard, Morhelfer, Muller, Möller, Nagel, Neubauer, Newton,
  Nodler, Nöh, Ophey, Otte, Paukner, Pflieger, Pippig, Plotzitzka, Pollmächer, Prah, Pusch, Ranftl, Rehwagen,
  Reinberg, Restle, Rheder, Riepl, Ripken, Rodehau, Roos, Rossberg, Ryjikh, Rüdiger, Sailer, Sauer, Schahbasian,
  Scherer, Schildhauer, Schlawitz, Schmidtchen, Schoberg, Schrader, Schuermann, Schulze, Schwanbeck, Schwatlo,
  Schäffel, Schönfeld, Seeger, Semisch, Siener, Skibicki, Somssich, Spinner, Stauss, Steinert, Stern, Storp,
  Streller, Stöckert, Sutschet, Tegethof, Thimm, Tiedtke, Tivontschik, Tress, Tächl, Ullmann, Urbansky, Verzi,
  Vokuhl, Wachtel, Walton, Wehrsen, Weller, Werrmann, Wiechmann, Wilts, Wittich, Wurm, Zahn, Zeuch, Zintl
`);

export const streetNames = words(`
  A.-W.-v.-Hofmann-Straße, Ahrstraße, Alexanderstraße, Alte Landstraße, Am Benthal, Am Falkenberg, Am Hohen Ufer,
  Am Knechtsgraben, Am Märchen, Am Schokker, Am Vogelsang, An St. Remigius, An der Kante, Andreasstraße,
  Auf dem Bohnbüchel, Auf den Reien, Bahnallee, Bendenweg, Bernhard-Ridder-Straße, Birkengartenstraße, Bodestraße,
  Borussiastraße, Buchenweg, Bürgerbuschweg, Carlo-Mierendorff-Straße, Danziger Straße, Diepental, Dresdener Straße,
  Dürerstraße, Eidechsenweg, Elsbachstraße, Erftstraße, Eschenallee, Fasanenweg, Ferdinand-Lassalle-Straße,
  Flensburger Straße, Franz-Esser-Straße, Fridtjof-Nansen-Straße, Friedrich-Engels-Straße, Fritz-Henseler-Straße,
  Geibelstraße, Gisbert-Cremer-Straße, Gregor-Mendel-Straße, Grüner Weg, Günther-Weisenborn-Straße, Halligstraße,
  Haselweg, Heerweg, Heinrich-Heine-Straße, Helmestraße, Hermann-Milde-Straße, Hohe Straße, Hummelsheim,
  Hüscheider Straße, Im Friedenstal, Im Mühlenfeld, Im Weidenblech, In der Dasladen, Jahnstraße,
  Johannes-Popitz-Straße, Kaiserstraße, Karl-Bückart-Straße, Karlstraße, Kleine Kirchstraße, Kolberger Straße, Kump,
  Kämpenwiese, Köschenberg, Leipziger Straße, Lippe, Lupinenweg, Löwenburgstraße, Marienburger Straße,
  Maurinusstraße, Max-Planck-Straße, Merziger Straße, Montessoriweg, Mühlenweg, Netzestraße, Niederfeldstraße,
  Oberölbach, Oskar-Schlemmer-Straße, Otto-Wels-Straße, Pastor-Scheibler-Straße, Peter-Joseph-Lenné-Straße,
  Piet-Mondrian-Straße, Quettinger Straße, Rennbaumplatz, Richard-Wagner-Straße, Ropenstaller Weg, Röntgenstraße,
  Samlandstraße, Schillerstraße, Schnepfenflucht, Schöffenweg, Sonderburger Straße, Starenweg, Stephanusstraße,
  Stüttekofener Straße, Telegrafenstraße, Thomas-Dehler-Straße, Ulmer Straße, Veit-Stoß-Straße,
  Von-Eichendorff-Straße, Walter-Hempel-Straße, Weiherfeld, Werrastraße, Wilhelm-Hastrich-Straße, Winterberg,
  Zedernweg
`);
