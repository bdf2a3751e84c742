/** EntityKind is what can be looked for in a text. */
export const ENTITY_KINDS = [
	'people',
	'organisations',
	'places',
	'dates',
	'money',
	'phones',
	'emails',
	'urls',
] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

/** NameKind is what has a name of its own; fixed rules and word lists find these only in part. */
export const NAME_KINDS = ['people', 'organisations', 'places'] as const satisfies readonly EntityKind[];
export type NameKind = (typeof NAME_KINDS)[number];

/** Found is one mention: the words, and a form in which equal things are equal. */
export interface Found {
	readonly kind: EntityKind;
	readonly value: string;
	readonly normalized?: string;
}
