import { ask, countDocuments, type Pattern, titleOf } from '../pattern.ts';
import { audienceOf, topicOf } from '../phrases.ts';
import { formatOf } from './write-format.ts';

const COLLECTS =
	/^(?:collect|gather|research|compile|put together|round up|assemble|bring together|find out (?:what|everything|about)|look up)\b/i;
const PAGES_SAY = /\bwhat\b.{0,60}\b(?:say|says|write|writes|report|think)\b.{0,10}\b(?:about|on|regarding)\b/i;

/** collect: "Collect what these pages say about heat pumps", with a report unless the next request names another form. */
export const collect: Pattern = {
	name: 'collect',
	needs: ['text.write'],
	asks: (clause, draft) => {
		if (COLLECTS.test(clause.text)) return true;
		return PAGES_SAY.test(clause.text) && draft.materialsOf(clause).length > 1;
	},
	add: (clause, draft) => {
		const materials = draft.materialsOf(clause);
		const topic = topicOf(clause.text) ?? researchedIn(clause.text);
		if (materials.length === 0) {
			const on = topic === undefined ? '' : ` on "${topic}"`;
			return ask(
				`Which pages or files should I collect from${on}? Send links or files; there is nothing here to search the web with.`,
			);
		}
		const named = formatOf(clause.text);
		const { format, words } = named ?? { format: 'report', words: 'a report' };
		const { need } = draft.goal;
		const audience = audienceOf(clause.text);
		const input = {
			format,
			...(topic === undefined ? {} : { title: titleOf(topic, topic), topic }),
			need,
			documents: draft.documents(materials, materials.length === 1),
			...(audience === undefined ? {} : { audience }),
		};
		// `collect` as maker: a form named in the next request takes the place of the report.
		const by = named === undefined ? 'collect' : 'write';
		draft.add({ id: 'write', title: `Write ${words}`, capability: 'text.write', input }, by);
		const about = topic === undefined ? '' : ` about "${topic}"`;
		const collected = `collect what ${countDocuments(materials)} say${materials.length === 1 ? 's' : ''}${about}`;
		return { kind: 'steps', note: named === undefined ? collected : `${collected} and write ${words}` };
	},
	finish: (draft) => (draft.last?.by === 'collect' ? 'write a report' : undefined),
};

/** "Research heat pumps": the topic is what the verb stands before. */
function researchedIn(text: string): string | undefined {
	const found = /^(?:research|look up) (?:the topic of )?([^.;:?!\n\uE000]{2,100})/i.exec(text)?.[1];
	return found?.split(/ (?:and|from|in|on|at|using|with) /)[0]?.trim();
}
