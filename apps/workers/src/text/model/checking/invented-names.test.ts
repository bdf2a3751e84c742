import { expect, test } from 'vitest';
import { inventedNames } from './invented-names.ts';

const given = ['Margit Oduya is the harbour master of Ost Harrow.'];

test.each([
	['The harbour master is Margit Oduya.', []],
	['The harbour master, Zora Veldt, is of Ost Harrow.', ['Zora Veldt']],
	['She is the harbour master of Neverport today.', ['Neverport']],
	['Margit Oduya’s harbour is Ost Harrow', []],
	['Because of that. Nobody knows why, she said.', []],
	['Die Prämie der Versicherung für das Haus beträgt im Jahr einen Betrag.', []],
	['Die Prämie von Zora Veldt für das Haus ist im Vertrag mit der Police.', ['Zora Veldt']],
])('finds in %j what nobody named', (text, invented) => {
	expect(inventedNames(text, given)).toEqual(invented);
});
