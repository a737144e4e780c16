/** Polish names and streets, taken once from the locale data of @faker-js/faker 10.6.0 (MIT, Copyright (c) 2022-2025 Faker); see names.ts. */
import { words } from './names.ts';

export const femaleNames = words(`
  Ada, Adelajda, Agata, Agrypina, Aida, Alicja, Alina, Amanda, Anastazja, Angela, Angelina, Antonina, Ariadna,
  Barbara, Beatrycze, Bibiana, Bibianna, Cecylia, Chloe, Daria, Diana, Dorota, Edyta, Eliza, Elwira, Emilia, Estera,
  Eudoksja, Eugenia, Ewa, Ferdynanda, Filipa, Franciszka, Gabriela, Ginewra, Gloria, Greta, Hanna, Henryka, Ida,
  Irena, Irma, Izolda, Jadwiga, Janina, Joanna, Julia, Julita, Józefina, Kamila, Katarzyna, Kira, Klaudia,
  Klementyna, Konstancja, Koralia, Kornelia, Ksawera, Ksenia, Laura, Laurencja, Lea, Leila, Lilia, Liliana, Lilla,
  Liza, Ludwika, Luiza, Maja, Malwina, Marianna, Marta, Maryna, Matylda, Melania, Michalina, Nadzieja, Natalia,
  Nina, Noemi, Olga, Olimpia, Oliwia, Paula, Paulina, Penelopa, Rachela, Regina, Renata, Rozalia, Rufina, Róża,
  Sabina, Serafina, Stefania, Sybilla, Sylwia, Tamara, Tekla, Teresa, Walentyna, Wanda, Wanesa, Wiara, Wiktoria,
  Wirginia, Zoe, Zuzanna, Łucja
`);

export const maleNames = words(`
  Aaron, Adam, Agaton, Albert, Aleksy, Alwar, Anatol, Ansgary, Apollinary, Archibald, Arkady, Artur, Atanazy,
  Baldwin, Benedykt, Bernard, Bertrand, Brajan, Błażej, Cezary, Cyryl, Daniel, Demetriusz, Dominik, Dorian, Edmund,
  Edwin, Efrem, Eliasz, Emil, Ernest, Eugeniusz, Fabian, Filip, Franciszek, Gabriel, Gedeon, Gerazym, Gonsalwy,
  Gwido, Henryk, Herman, Hilarion, Hipolit, Hugo, Igor, Ireneusz, Izajasz, Jakub, Janusz, Jeremiasz, Joachim, Jozue,
  Juliusz, Józef, Kazimierz, Klaudiusz, Konrad, Konstantyn, Korneli, Krystian, Ksawery, Kwintyn, Laurenty, Leonard,
  Lucjan, Makary, Maksymilian, Marcin, Mateusz, Michał, Miron, Mojżesz, Natanael, Nazary, Nikodem, Oleg, Orestes,
  Osmund, Pantaleon, Patrycy, Paweł, Platon, Porfiriusz, Prokles, Prokul, Rajmund, Randolf, Roderyk, Roland, Romeo,
  Ryszard, Salwator, Samuel, Serafin, Seweryn, Stanisław, Sylwester, Szymon, Tobiasz, Tymoteusz, Walenty, Walerian,
  Walgierz, Wawrzyniec, Wilfryd, Wincenty, Władysław, Zachariasz, Zygmunt
`);

export const lastNames = words(`
  Adamczak, Adamiak, Adamus, Andrzejewski, Bagiński, Banasiak, Baranowski, Bartkowiak, Bednarek, Białek, Bielak,
  Bieniek, Bieńkowski, Bogucki, Borkowski, Broda, Buczek, Budzyński, Bąk, Błaszczyk, Chmura, Cholewa, Cichoń,
  Cieśla, Cybulski, Czajkowski, Czech, Czerwiński, Dec, Domagała, Drabik, Dróżdż, Dudek, Duszyński, Dąbkowski,
  Dębski, Filipek, Flak, Frankowski, Frątczak, Gajewski, Gawron, Gil, Gołębiewski, Graczyk, Gruszka, Grzesiak,
  Grzybowski, Guzik, Góral, Górny, Gąsiorowski, Hajduk, Iwański, Jagielski, Jakubiak, Janicki, Jankowiak, Janusz,
  Jarząbek, Jaworski, Jurkiewicz, Jóźwiak, Jędrzejewski, Kaczmarek, Kaczyński, Kalisz, Kapusta, Karwowski, Kasprzyk,
  Kałuża, Kisiel, Kmiecik, Kobus, Konieczna, Koper, Kos, Kostrzewa, Kowal, Kowalik, Kozak, Kołakowski, Kołodziejski,
  Krawiec, Krupiński, Krzemiński, Książek, Kubica, Kucharczyk, Kuciński, Kula, Kulik, Kuś, Kwieciński, Kępa,
  Laskowski, Lenart, Lewicki, Lipiński, Lisiecki, Mackiewicz, Majcher, Makowski, Malinowski, Marcinkowski,
  Markiewicz, Masłowski, Matuszewski, Mazurkiewicz, Maślanka, Michalik, Mielczarek, Miklaś, Milczarek, Misiak,
  Molenda, Mroczek, Mucha, Młynarczyk, Nawrot, Niemczyk, Noga, Nowakowski, Olczak, Orzechowski, Ostrowski, Pająk,
  Panek, Paszkowski, Pawlik, Pałka, Piekarski, Pietrzak, Piotrowicz, Piątek, Pluta, Porębski, Przybylski, Ptak,
  Płonka, Rak, Robak, Rojek, Rosiński, Rudziński, Rybak, Rzepka, Sawicki, Sienkiewicz, Sitek, Skibiński, Skowronek,
  Skóra, Sobczyk, Sochacki, Sosnowski, Sołtysiak, Stachowicz, Staniszewski, Staszewski, Stefaniak, Stolarski,
  Stępień, Szafrański, Szczepanik, Szczygieł, Szeląg, Szwarc, Szymczak, Szyszka, Tarnowski, Tomala, Tomys,
  Trzciński, Urban, Urbańczyk, Walkowiak, Wawrzyniak, Wierzbicki, Winiarski, Witkowski, Wiśniewski, Wojtas, Wolak,
  Woś, Wroński, Wysocki, Wójcik, Węgrzyn, Zaborowski, Zajączkowski, Zaremba, Zawadzki, Ziółkowski, Zwoliński,
  Łuczak, Łukaszewski, Świderski, Żak, Żukowski
`);

export const streetNames = words(`
  ul. Andrzejewskiego, ul. Bagińskiego, ul. Baranowskiego, ul. Białkowskiego, ul. Bieleckiego, ul. Biernackiego,
  ul. Bieńkowskiego, ul. Boguckiego, ul. Borkowskiego, ul. Borowskiego, ul. Brzozowskiego, ul. Buczyńskiego,
  ul. Budzyńskiego, ul. Bukowskiego, ul. Bąkowskiego, ul. Chojnackiego, ul. Ciesielskiego, ul. Cybulskiego,
  ul. Czajkowskiego, ul. Czerwińskiego, ul. Dobrowolskiego, ul. Drozdowskiego, ul. Duszyńskiego, ul. Dąbkowskiego,
  ul. Dąbrowskiego, ul. Dębskiego, ul. Falkowskiego, ul. Frankowskiego, ul. Gadomskiego, ul. Gajewskiego,
  ul. Gołębiewskiego, ul. Gołębiowskiego, ul. Grzybowskiego, ul. Gutowskiego, ul. Górskiego, ul. Gąsiorowskiego,
  ul. Głowackiego, ul. Iwańskiego, ul. Jabłońskiego, ul. Jagielskiego, ul. Jagodzińskiego, ul. Janickiego,
  ul. Janiszewskiego, ul. Janowskiego, ul. Jasińskiego, ul. Jaworskiego, ul. Jezierskiego, ul. Jurkowskiego,
  ul. Jędrzejewskiego, ul. Kaczyńskiego, ul. Kalinowskiego, ul. Karczewskiego, ul. Karwowskiego, ul. Kosowskiego,
  ul. Kołakowskiego, ul. Kołodziejskiego, ul. Krukowskiego, ul. Krupińskiego, ul. Kruszewskiego, ul. Krzemińskiego,
  ul. Kubackiego, ul. Kucińskiego, ul. Kwiatkowskiego, ul. Kwiecińskiego, ul. Kędzierskiego, ul. Kłosowskiego,
  ul. Laskowskiego, ul. Leszczyńskiego, ul. Lewickiego, ul. Leśniewskiego, ul. Lipińskiego, ul. Lipskiego,
  ul. Lisieckiego, ul. Maciejewskiego, ul. Majewskiego, ul. Makowskiego, ul. Malinowskiego, ul. Marcinkowskiego,
  ul. Masłowskiego, ul. Matuszewskiego
`);
