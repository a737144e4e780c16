/** French names and streets, taken once from the locale data of @faker-js/faker 10.6.0 (MIT, Copyright (c) 2022-2025 Faker); see names.ts. */
import { words } from './names.ts';

export const femaleNames = words(`
  Abdonie, Abigaïl, Adalsinde, Adolphie, Adrienne, Agathe, Agneflète, Alaine, Albérade, Aldegonde, Alexine, Alizé,
  Alphonsine, Amande, Amaranthe, Ameline, Améthyste, Anaïs, Angeline, Angélique, Annette, Anthelmette, Anémone,
  Aquiline, Ariane, Armance, Armelle, Arsènie, Ascension, Astrée, Athina, Aude, Aure, Aurélie, Avigaëlle, Aymardine,
  Azélie, Bernadette, Beuve, Brunehaut, Bérangère, Catherine, Charlotte, Christine, Claudine, Clélie, Conception,
  Corinne, Céline, Denise, Dorine, Edmée, Emmanuelle, Esther, Euphrasie, Fantine, Flore, France, Françoise, Garance,
  Gerberge, Guenièvre, Gwenaëlle, Hortense, Inès, Isabelle, Jacqueline, Jeanne, Joséphine, Julie, Laurane, Lauriane,
  Lucie, Lydie, Léonne, Maguelone, Marceline, Marie, Marthe, Maureen, Mireille, Moïsette, Mélanie, Mélodie, Nicole,
  Océane, Olympe, Oriane, Paule, Perrine, Priscille, Pélagie, Quintia, Raymonde, Rita, Rose, Sabine, Sarah, Solange,
  Suzanne, Sylvie, Thaïs, Ursule, Vinciane, Véronique, Yseult, Zoéva, Éliane, Éloïse, Émérance
`);

export const maleNames = words(`
  Aaron, Abondance, Acace, Adalbert, Adegrin, Adenet, Adrien, Agathon, Aimable, Albéric, Aldonce, Alliaume,
  Alphonse, Amalric, Amour, Anatole, André, Angoustan, Anselme, Antonin, Archibald, Armand, Arolde, Arthème,
  Audebert, Aurèle, Aymeric, Barnabé, Baudouin, Bertrand, Boniface, Bruno, Calixte, Carloman, Childebert,
  Christophe, Claudien, Clément, Constantin, Cédric, César, David, Dimitri, Edmond, Eudes, Eusèbe, Fantin, Flavien,
  Florian, François, Félicité, Garnier, Gatien, Georges, Ghislain, Gondebaud, Grégoire, Guy, Géraud, Herbert,
  Hildebert, Hédelin, Jacques, Jeannel, Jocelyn, Joseph, Jude, Juste, Lambert, Leufroy, Longin, Loup, Ludolphe,
  Léonard, Mamert, Marcelin, Mathurin, Maxence, Mence, Morgan, Nathan, Nicolas, Noé, Odon, Pacôme, Paterne,
  Philippe, Pierrick, Raoul, René, Roch, Romain, Roselin, Salomon, Serge, Silvère, Stéphane, Séverin, Thibault,
  Théodose, Timoléon, Toussaint, Urbain, Venance, Victorien, Vivien, Xénophon, Zaché, Élisée, Épiphane
`);

export const lastNames = words(`
  Adam, Andre, Arnaud, Aubert, Aubry, Barbier, Baron, Barre, Benoit, Berger, Bernard, Bertrand, Blanc, Blanchard,
  Bonnet, Bourgeois, Boyer, Breton, Brun, Brunet, Caron, Carpentier, Carre, Charles, Charpentier, Chevalier,
  Clement, Colin, Collet, Cousin, Da silva, David, Denis, Deschamps, Dubois, Dufour, Dumas, Dumont, Dupont, Dupuis,
  Dupuy, Durand, Duval, Fabre, Faure, Fernandez, Fleury, Fontaine, Fournier, Francois, Gaillard, Garcia, Garnier,
  Gauthier, Gautier, Gerard, Girard, Giraud, Gonzalez, Guerin, Guillaume, Guillot, Guyot, Henry, Hubert, Huet,
  Jacquet, Jean, Joly, Julien, Lacroix, Laine, Lambert, Laurent, Le gall, Le roux, Leclerc, Leclercq, Lecomte,
  Lefebvre, Lefevre, Legrand, Lemaire, Lemoine, Leroux, Leroy, Lopez, Louis, Lucas, Maillard, Marchal, Marchand,
  Marie, Martin, Martinez, Marty, Masson, Mathieu, Menard, Mercier, Meunier, Meyer, Michel, Moreau, Morel, Morin,
  Moulin, Muller, Nguyen, Nicolas, Noel, Olivier, Paris, Paul, Perez, Perrin, Perrot, Petit, Philippe, Picard,
  Pierre, Poirier, Pons, Prevost, Remy, Renard, Renaud, Renault, Rey, Richard, Riviere, Robert, Robin, Roche,
  Rodriguez, Roger, Rolland, Rousseau, Roussel, Roux, Roy, Royer, Sanchez, Schmitt, Schneider, Simon, Thomas,
  Vasseur, Vidal, Vincent
`);

export const streetNames = words(`
  Rue Adolphe Mille, Rue Bonaparte, Rue Charlemagne, Rue Dauphine, Rue Delesseux, Rue Du Sommerard, Rue Joubert,
  Rue La Boétie, Rue Laffitte, Rue Lepic, Rue Marcadet, Rue Molière, Rue Monsieur-le-Prince, Rue Montorgueil,
  Rue Mouffetard, Rue Oberkampf, Rue Pastourelle, Rue Pierre Charron, Rue Royale, Rue Saint-Bernard,
  Rue Saint-Denis, Rue Saint-Dominique, Rue Saint-Honoré, Rue Saint-Jacques, Rue Saint-Séverin, Rue Vaneau,
  Rue Zadkine, Rue d'Abbeville, Rue d'Alésia, Rue d'Argenteuil, Rue d'Assas, Rue d'Orsel, Rue de Caumartin,
  Rue de Montmorency, Rue de Nesle, Rue de Paris, Rue de Presbourg, Rue de Provence, Rue de Richelieu,
  Rue de Rivoli, Rue de Seine, Rue de Solférino, Rue de Tilsitt, Rue de Vaugirard, Rue de l'Abbaye, Rue de l'Odéon,
  Rue de la Bûcherie, Rue de la Chaussée-d'Antin, Rue de la Ferronnerie, Rue de la Harpe, Rue de la Huchette,
  Rue de la Paix, Rue de la Pompe, Rue de la Victoire, Rue des Francs-Bourgeois, Rue des Grands Augustins,
  Rue des Lombards, Rue des Panoramas, Rue des Rosiers, Rue des Saussaies, Rue du Bac, Rue du Chat-qui-Pêche,
  Rue du Dahomey, Rue du Faubourg Saint-Honoré, Rue du Faubourg-Saint-Denis, Rue du Havre
`);
