/** Spanish names and streets, taken once from the locale data of @faker-js/faker 10.6.0 (MIT, Copyright (c) 2022-2025 Faker); see names.ts. */
import { words } from './names.ts';

export const femaleNames = words(`
  Adela, Adriana, Alejandra, Alicia, Amalia, Ana, Ana Luisa, Ana María, Andrea, Anita, Anni, Ariadna, Barbara,
  Beatriz, Berta, Blanca, Caridad, Carla, Carlota, Carmen, Carolina, Catalina, Clara, Claudia, Concepción, Conchita,
  Cristina, Daniela, Diana, Dolores, Dorotea, Débora, Elena, Eloisa, Elsa, Elvira, Emilia, Esperanza, Estela, Ester,
  Eva, Florencia, Francisca, Gabriela, Graciela, Guadalupe, Guillermina, Inés, Irene, Isabel, Isabela, Jennifer,
  Josefina, Juana, Julia, Leonor, Leticia, Lilia, Lola, Lorena, Lourdes, Lucía, Luisa, Luz, Magdalena, Maica,
  Marcela, Margarita, Mariana, Maricarmen, Marilú, Marisol, Marta, María, María Cristina, María Elena,
  María Eugenia, María Luisa, María Soledad, María Teresa, María de los Ángeles, María del Carmen, Matilde, Mayte,
  Mercedes, Micaela, Mónica, Natalia, Olivia, Patricia, Pilar, Ramona, Raquel, Rebeca, Reina, Rocío, Rosa, Rosalia,
  Rosario, Sara, Silvia, Sofía, Soledad, Sonia, Susana, Teresa, Verónica, Victoria, Virginia, Yolanda
`);

export const maleNames = words(`
  Adán, Agustín, Alberto, Alejandro, Alfonso, Alfredo, Andrés, Antonio, Armando, Arturo, Benito, Benjamín, Bernardo,
  Carles, Carlos, Claudio, Clemente, Cristián, Cristóbal, César, Daniel, David, Diego, Eduardo, Emilio, Enrique,
  Ernesto, Esteban, Federico, Felipe, Fernando, Francisco, Gabriel, Gerardo, Germán, Gilberto, Gonzalo, Gregorio,
  Guillermo, Gustavo, Hermenegildo, Hernán, Homero, Horacio, Hugo, Ignacio, Iván, Jacobo, Jaime, Javier, Jerónimo,
  Jesús, Joaquín, Jordi, Jorge, Jorge Luis, Josep, José, José Eduardo, José Emilio, José Luis, José María, Juan,
  Juan Carlos, Juan Ramón, Julio, Julio César, Lorenzo, Lucas, Luis, Luis Miguel, Manuel, Marco Antonio, Marcos,
  Mariano, Mario, Martín, Mateo, Miguel, Miguel Ángel, Nicolás, Octavio, Pablo, Patricio, Pedro, Pío, Rafael,
  Ramiro, Ramón, Raúl, Ricardo, Roberto, Rodrigo, Rubén, Salvador, Samuel, Sancho, Santiago, Sergi, Sergio, Teodoro,
  Timoteo, Tomás, Vicente, Víctor, Ángel, Óscar
`);

export const lastNames = words(`
  Abeyta, Acevedo, Adame, Aguayo, Aguirre, Alarcón, Alcaraz, Alemán, Almaráz, Alonzo, Alvarado, Anaya, Aparicio,
  Aragón, Arce, Arenas, Armas, Armijo, Arriaga, Atencio, Baca, Bahena, Banda, Barragán, Barrientos, Bañuelos,
  Benavides, Bermúdez, Betancourt, Borrego, Briones, Bueno, Báez, Cabán, Calderón, Camarillo, Candelaria, Caraballo,
  Carmona, Carrasquillo, Carrillo, Casanova, Casas, Castellanos, Cavazos, Cedillo, Cepeda, Cervántez, Chávez,
  Collado, Colón, Cordero, Coronado, Correa, Cotto, Cruz, Córdova, Delagarza, Delarosa, Delgadillo, Delvalle,
  Dueñas, Díaz, Enríquez, Escobedo, Espino, Espinoza, Estrada, Farías, Ferrer, Flores, Frías, Galindo, Galván,
  Garay, Garica, Gastélum, Girón, González, Granados, Guardado, Guevara, Gutiérrez, Gámez, Henríquez, Herrera,
  Holguín, Ibarra, Jaimes, Jiménez, Jáquez, Laureano, Ledesma, Lerma, Limón, Llamas, Lovato, Lozano, Luevano, López,
  Madrid, Magaña, Manzanares, Marroquín, Mata, Matías, Medina, Melgar, Menchaca, Meraz, Mesa, Miranda, Mondragón,
  Montañez, Montenegro, Montoya, Morales, Moya, Muro, Márquez, Nava, Nazario, Nevárez, Niño, Núñez, Ochoa, Olivas,
  Olivárez, Oquendo, Ornelas, Orta, Osorio, Pabón, Padrón, Palomino, Paredes, Paz, Pelayo, Perea, Pineda, Polanco,
  Portillo, Preciado, Puga, Quesada, Quintanilla, Quiñones, Ramos, Rascón, Regalado, Reséndez, Reynoso, Rivas,
  Robledo, Rodarte, Rojo, Romero, Rosado, Rosas, Ruelas, Saiz, Salcedo, Saldivar, Samaniego, Santacruz, Santillán,
  Saucedo, Segura, Serrato, Sisneros, Solorio, Soria, Soto, Sánchez, Tamez, Tejeda, Tijerina, Toro, Trejo, Téllez,
  Ulloa, Uribe, Vaca, Valdivia, Valenzuela, Vallejo, Vanegas, Vega, Velásquez, Vera, Vergara, Villa, Villanueva,
  Villegas, Véliz, Zambrano, Zapata, Zavala, Zepeda, de Jesús
`);

export const streetNames = words(`
  Calle Abeyta, Calle Almaráz, Calle Armas, Calle Barrientos, Calle Báez, Calle Carrillo, Calle Chávez,
  Calle Córdova, Calle Escobedo, Calle Galindo, Calle Guardado, Calle Jaimes, Calle Lovato, Calle Mata,
  Calle Mondragón, Calle Nava, Calle Oquendo, Calle Paz, Calle Quesada, Calle Rivas, Calle Saiz, Calle Serrato,
  Calle Tijerina, Calle Valenzuela, Calle Villanueva, Avenida Adame, Avenida Alvarado, Avenida Arriaga,
  Avenida Benavides, Avenida Calderón, Avenida Casas, Avenida Colón, Avenida Delarosa, Avenida Espinoza,
  Avenida Garay, Avenida Gutiérrez, Avenida Jáquez, Avenida Luevano, Avenida Medina, Avenida Montenegro,
  Avenida Nevárez, Avenida Orta, Avenida Perea, Avenida Quiñones, Avenida Rodarte, Avenida Saldivar,
  Avenida Solorio, Avenida Trejo, Avenida Vanegas, Avenida Véliz, Plaza Aguirre, Plaza Aparicio, Plaza Baca,
  Plaza Betancourt, Plaza Candelaria, Plaza Cavazos, Plaza Coronado, Plaza Delvalle, Plaza Farías, Plaza Gastélum,
  Plaza Henríquez, Plaza Ledesma, Plaza Madrid, Plaza Menchaca, Plaza Morales, Plaza Núñez, Plaza Pabón,
  Plaza Polanco, Plaza Rascón, Plaza Romero, Plaza Santacruz, Plaza Soto, Plaza Ulloa, Plaza Velásquez,
  Plaza Zapata, Paseo Alcaraz, Paseo Arce, Paseo Banda, Paseo Briones, Paseo Carmona, Paseo Cepeda, Paseo Cotto,
  Paseo Díaz, Paseo Flores, Paseo González, Paseo Holguín, Paseo Limón, Paseo Manzanares, Paseo Mesa, Paseo Muro,
  Paseo Olivas, Paseo Palomino, Paseo Preciado, Paseo Reséndez, Paseo Rosas, Paseo Saucedo, Paseo Tamez, Paseo Vaca,
  Paseo Vergara, Paseo Zepeda
`);
