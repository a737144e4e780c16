/** Cities with their state and a ZIP code of the city: drawn as one row, so that an address is coherent. */
export interface Place {
  readonly city: string;
  readonly state: string;
  readonly zip: string;
}

const lines = `
Albany NY 12207; Albuquerque NM 87102; Anchorage AK 99501; Atlanta GA 30303; Austin TX 78701; Baltimore MD 21202;
Billings MT 59101; Birmingham AL 35203; Boise ID 83702; Boston MA 02108; Buffalo NY 14202; Burlington VT 05401;
Charleston SC 29401; Charlotte NC 28202; Cheyenne WY 82001; Chicago IL 60601; Cincinnati OH 45202; Cleveland OH 44114;
Columbus OH 43215; Dallas TX 75201; Denver CO 80202; Des Moines IA 50309; Detroit MI 48226; El Paso TX 79901;
Fargo ND 58102; Fresno CA 93721; Hartford CT 06103; Honolulu HI 96813; Houston TX 77002; Indianapolis IN 46204;
Jackson MS 39201; Jacksonville FL 32202; Kansas City MO 64106; Las Vegas NV 89101; Lexington KY 40507;
Little Rock AR 72201; Los Angeles CA 90012; Louisville KY 40202; Madison WI 53703; Manchester NH 03101;
Memphis TN 38103; Miami FL 33130; Milwaukee WI 53202; Minneapolis MN 55401; Nashville TN 37203; New Orleans LA 70112;
New York NY 10007; Newark NJ 07102; Norfolk VA 23510; Oakland CA 94612; Oklahoma City OK 73102; Omaha NE 68102;
Orlando FL 32801; Philadelphia PA 19107; Phoenix AZ 85004; Pittsburgh PA 15222; Portland ME 04101; Portland OR 97204;
Providence RI 02903; Raleigh NC 27601; Richmond VA 23219; Rochester NY 14604; Sacramento CA 95814;
Salt Lake City UT 84111; San Antonio TX 78205; San Diego CA 92101; San Francisco CA 94103; San Jose CA 95113;
Savannah GA 31401; Seattle WA 98104; Sioux Falls SD 57104; Spokane WA 99201; St. Louis MO 63101; Syracuse NY 13202;
Tampa FL 33602; Toledo OH 43604; Tucson AZ 85701; Tulsa OK 74103; Wichita KS 67202; Wilmington DE 19801`;

export const places: readonly Place[] = lines
  .trim()
  .split(/;\s+/)
  .map((line) => {
    const [zip = '', state = '', ...city] = line.split(' ').reverse();
    return { city: city.reverse().join(' '), state, zip };
  });

/** `City|region|postal code; …`: for countries whose names and codes have blanks in them. */
const placesOf = (text: string): readonly Place[] =>
  text
    .trim()
    .split(/;\s*/)
    .map((line) => {
      const [city = '', state = '', zip = ''] = line.split('|');
      return { city, state, zip };
    });

export const britishPlaces = placesOf(`
Aberdeen|Scotland|AB10 1AB; Bath|England|BA1 1LZ; Belfast|Northern Ireland|BT1 5GS; Birmingham|England|B1 1BB;
Bradford|England|BD1 1HX; Brighton|England|BN1 1JA; Bristol|England|BS1 5TR; Cambridge|England|CB2 3QJ; Cardiff|Wales|CF10 3ND;
Coventry|England|CV1 5RR; Derby|England|DE1 2FS; Dundee|Scotland|DD1 3BY; Edinburgh|Scotland|EH1 1YJ; Exeter|England|EX1 1JN;
Glasgow|Scotland|G2 1DU; Leeds|England|LS1 1UR; Leicester|England|LE1 1FZ; Liverpool|England|L1 1JF; London|England|SW1A 2AA;
Manchester|England|M2 5DB; Newcastle upon Tyne|England|NE1 8QH; Norwich|England|NR2 1NH; Nottingham|England|NG1 5DT;
Oxford|England|OX1 1BX; Plymouth|England|PL1 2AA; Sheffield|England|S1 2HH; Southampton|England|SO14 7LY; Swansea|Wales|SA1 3SN;
York|England|YO1 9QN`);

export const germanPlaces = placesOf(`
Aachen|Nordrhein-Westfalen|52062; Augsburg|Bayern|86150; Berlin|Berlin|10117; Bielefeld|Nordrhein-Westfalen|33602;
Bonn|Nordrhein-Westfalen|53111; Bremen|Bremen|28195; Chemnitz|Sachsen|09111; Dortmund|Nordrhein-Westfalen|44135;
Dresden|Sachsen|01067; Düsseldorf|Nordrhein-Westfalen|40213; Erfurt|Thüringen|99084; Essen|Nordrhein-Westfalen|45127;
Frankfurt am Main|Hessen|60311; Freiburg im Breisgau|Baden-Württemberg|79098; Halle (Saale)|Sachsen-Anhalt|06108;
Hamburg|Hamburg|20095; Hannover|Niedersachsen|30159; Karlsruhe|Baden-Württemberg|76133; Kassel|Hessen|34117;
Kiel|Schleswig-Holstein|24103; Köln|Nordrhein-Westfalen|50667; Leipzig|Sachsen|04109; Magdeburg|Sachsen-Anhalt|39104;
Mainz|Rheinland-Pfalz|55116; Mannheim|Baden-Württemberg|68159; München|Bayern|80331; Münster|Nordrhein-Westfalen|48143;
Nürnberg|Bayern|90402; Potsdam|Brandenburg|14467; Rostock|Mecklenburg-Vorpommern|18055; Saarbrücken|Saarland|66111;
Stuttgart|Baden-Württemberg|70173`);

export const frenchPlaces = placesOf(`
Amiens|Hauts-de-France|80000; Angers|Pays de la Loire|49000; Besançon|Bourgogne-Franche-Comté|25000;
Bordeaux|Nouvelle-Aquitaine|33000; Brest|Bretagne|29200; Caen|Normandie|14000; Clermont-Ferrand|Auvergne-Rhône-Alpes|63000;
Dijon|Bourgogne-Franche-Comté|21000; Grenoble|Auvergne-Rhône-Alpes|38000; Le Havre|Normandie|76600; Le Mans|Pays de la Loire|72000;
Lille|Hauts-de-France|59000; Limoges|Nouvelle-Aquitaine|87000; Lyon|Auvergne-Rhône-Alpes|69001;
Marseille|Provence-Alpes-Côte d'Azur|13001; Metz|Grand Est|57000; Montpellier|Occitanie|34000; Nancy|Grand Est|54000;
Nantes|Pays de la Loire|44000; Nice|Provence-Alpes-Côte d'Azur|06000; Nîmes|Occitanie|30000; Orléans|Centre-Val de Loire|45000;
Paris|Île-de-France|75001; Perpignan|Occitanie|66000; Reims|Grand Est|51100; Rennes|Bretagne|35000; Rouen|Normandie|76000;
Saint-Étienne|Auvergne-Rhône-Alpes|42000; Strasbourg|Grand Est|67000; Toulon|Provence-Alpes-Côte d'Azur|83000;
Toulouse|Occitanie|31000; Tours|Centre-Val de Loire|37000`);

export const spanishPlaces = placesOf(`
A Coruña|Galicia|15001; Albacete|Castilla-La Mancha|02001; Alicante|Comunitat Valenciana|03001; Almería|Andalucía|04001;
Badajoz|Extremadura|06001; Barcelona|Cataluña|08001; Bilbao|País Vasco|48001; Burgos|Castilla y León|09001;
Cáceres|Extremadura|10001; Cádiz|Andalucía|11001; Córdoba|Andalucía|14001; Gijón|Asturias|33201; Girona|Cataluña|17001;
Granada|Andalucía|18001; Huelva|Andalucía|21001; León|Castilla y León|24001; Lleida|Cataluña|25001; Logroño|La Rioja|26001;
Madrid|Comunidad de Madrid|28001; Málaga|Andalucía|29001; Murcia|Región de Murcia|30001; Oviedo|Asturias|33001;
Palma|Illes Balears|07001; Pamplona|Navarra|31001; Salamanca|Castilla y León|37001; Santander|Cantabria|39001;
Sevilla|Andalucía|41001; Toledo|Castilla-La Mancha|45001; Valencia|Comunitat Valenciana|46001; Valladolid|Castilla y León|47001;
Vigo|Galicia|36201; Zaragoza|Aragón|50001`);

export const polishPlaces = placesOf(`
Białystok|podlaskie|15-001; Bydgoszcz|kujawsko-pomorskie|85-001; Częstochowa|śląskie|42-200; Gdańsk|pomorskie|80-001;
Gdynia|pomorskie|81-301; Gliwice|śląskie|44-100; Gorzów Wielkopolski|lubuskie|66-400; Katowice|śląskie|40-001;
Kielce|świętokrzyskie|25-001; Kraków|małopolskie|30-001; Łódź|łódzkie|90-001; Lublin|lubelskie|20-001;
Olsztyn|warmińsko-mazurskie|10-001; Opole|opolskie|45-001; Poznań|wielkopolskie|60-001; Radom|mazowieckie|26-600;
Rzeszów|podkarpackie|35-001; Szczecin|zachodniopomorskie|70-001; Tarnów|małopolskie|33-100; Toruń|kujawsko-pomorskie|87-100;
Warszawa|mazowieckie|00-001; Wrocław|dolnośląskie|50-001; Zielona Góra|lubuskie|65-001`);
