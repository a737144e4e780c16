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
