import { ask, countDocuments, type Pattern } from '../pattern.ts';

const ANALYSES =
	/^(?:analy[sz]e|examine|assess|evaluate|review|study|inspect|audit|critique|look (?:closely |carefully )?at|check)\b|\b(?:analysis of|insights?|strengths and weaknesses|pros and cons|red flags)\b/i;
const CHECKS_SOMETHING = /^check (?:if|whether|what|who|when|where|how|which|that)\b/i;

/** analyse: "Analyse this contract", "insights from these reports", "what are the pros and cons". */
export const analyse: Pattern = {
	name: 'analyse',
	needs: ['text.analyze'],
	asks: ({ text }) => ANALYSES.test(text) && !CHECKS_SOMETHING.test(text),
	add: (clause, draft) => {
		const materials = draft.materialsOf(clause);
		if (materials.length === 0) return ask('Which page or document should I analyse? Send a link, a file or the text.');
		const documents = draft.documents(materials, materials.length < 3);
		const title = `Analyse ${countDocuments(materials)}`;
		const input = { documents, need: draft.goal.need };
		draft.add({ id: 'analyse', title, capability: 'text.analyze', input }, 'analyse');
		return { kind: 'steps', note: `analyse ${countDocuments(materials)}` };
	},
};
