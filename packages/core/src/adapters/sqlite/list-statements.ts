import type { IStreamIndex } from '../../ports/event-store.ts';

/** Statement is a query with the values of its named parameters. */
export interface Statement {
	readonly text: string;
	readonly values: Readonly<Record<string, string | number>>;
}

type Values = Record<string, string | number>;

/** Word for word as in the indexes over it. */
const KIND = "substr(name, 1, instr(name, '-'))";

/** listStatement reads one page of a list: a range of the index that is made for what is asked. */
export function listStatement(query: Parameters<IStreamIndex['list']>[0]): Statement {
	const { prefix, person, having, before = Number.MAX_SAFE_INTEGER, limit } = query;
	const values: Values = { before, limit };
	const conditions = ['summary IS NOT NULL', 'id < $before'];
	let from = 'streams';
	if (having === 'deadLetters') {
		from = 'streams INDEXED BY dead_letters';
		conditions.push("json_extract(summary, '$.deadLetters') IS NOT NULL", beginsWith(prefix, values));
	} else {
		conditions.push(...withPrefix(prefix, values));
	}
	if (person !== undefined) {
		conditions.push('person = $person');
		values['person'] = person;
	}
	return {
		text: `SELECT id, name, summary FROM ${from} WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT $limit`,
		values,
	};
}

/** countStatement counts in the index alone, however many streams there are. */
export function countStatement({ prefix, person, upTo }: Parameters<IStreamIndex['count']>[0]): Statement {
	const values: Values = { person };
	const conditions = theirs(prefix, values);
	if (upTo !== undefined) {
		conditions.push(`id <= coalesce((SELECT id FROM streams WHERE name = $upTo), ${Number.MAX_SAFE_INTEGER})`);
		values['upTo'] = upTo;
	}
	return { text: `SELECT count(*) AS n FROM streams WHERE ${conditions.join(' AND ')}`, values };
}

/** nthStatement finds the place in the index alone, and then the name of what stands there. */
export function nthStatement({ prefix, person, number }: Parameters<IStreamIndex['nth']>[0]): Statement {
	const values: Values = { person, skipped: number - 1 };
	const conditions = theirs(prefix, values).join(' AND ');
	return {
		text: `
			SELECT name FROM streams
			WHERE id = (SELECT id FROM streams WHERE ${conditions} ORDER BY id LIMIT 1 OFFSET $skipped)`,
		values,
	};
}

/** The streams of a person that lists show. What they do not show is looked up apart: it is little, and to ask each row would read the table. */
function theirs(prefix: string, values: Values): string[] {
	const conditions = ['person = $person', ...withPrefix(prefix, values)];
	const hidden = `SELECT id FROM streams WHERE ${conditions.join(' AND ')} AND summary IS NULL`;
	return [...conditions, `id NOT IN (${hidden})`];
}

/** The kind is what the indexes know; a prefix that goes on after it is compared with each name of the kind, one that ends before it with all. */
function withPrefix(prefix: string, values: Values): string[] {
	const end = prefix.indexOf('-') + 1;
	if (end === 0) return prefix === '' ? [] : [beginsWith(prefix, values)];
	values['kind'] = prefix.slice(0, end);
	const ofKind = `${KIND} = $kind`;
	return end === prefix.length ? [ofKind] : [ofKind, beginsWith(prefix, values)];
}

function beginsWith(prefix: string, values: Values): string {
	values['prefix'] = prefix;
	return 'substr(name, 1, length($prefix)) = $prefix';
}
