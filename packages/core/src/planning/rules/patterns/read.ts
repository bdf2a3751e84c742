import { ask, countDocuments, type Pattern } from '../pattern.ts';

const READS = /^(?:read|open|fetch|load|show|display|get|download|print|visit)\b/i;
const WHAT_SAYS =
	/^what (?:do|does) (?:it|this|that|these|they|\uE000|(?:this|that|the|these|those) (?:\w+ )?(?:pages?|documents?|articles?|files?|texts?|sites?|links?|letters?|notes?)),? (?:\uE000 )?(?:say|contain)\W*$|^what(?:'s|’s| is) (?:on|in) (?:this|that|the|these)\b.{0,40}$/i;

/** read: "What does this page say?", "Read https://… and …": the document itself; later requests go on from it. */
export const read: Pattern = {
	name: 'read',
	needs: [],
	asks: ({ text }) => READS.test(text) || WHAT_SAYS.test(text),
	add: (clause, draft) => {
		const materials = draft.materialsOf(clause);
		if (materials.length === 0) return ask('Which page or document should I read? Send a link or a file.');
		draft.documents(materials, materials.length < 3);
		return { kind: 'steps', note: `read ${countDocuments(materials)}` };
	},
};
