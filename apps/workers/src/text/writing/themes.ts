import type { Figure } from '../figures.ts';

/** Theme is the group that a point belongs to. */
export const THEMES = ['core', 'money', 'dates', 'evidence', 'favour', 'concern'] as const;
export type Theme = (typeof THEMES)[number];

/** themeTitle is what a group of points is called. */
export const themeTitle: Readonly<Record<Theme, string>> = {
	core: 'What it is about',
	money: 'Money',
	dates: 'Dates',
	evidence: 'Effects and evidence',
	favour: 'In favour',
	concern: 'Concerns and criticism',
};

/** themeOf tells what a sentence is about by its words and figures. */
export function themeOf(plain: string, figures: readonly Figure[]): Theme {
	if (CONCERN.test(plain)) return 'concern';
	if (FAVOUR.test(plain)) return 'favour';
	const has = (kind: Figure['kind']) => figures.some((figure) => figure.kind === kind);
	if (has('money') && !PENALTY.test(plain)) return 'money';
	if (EVIDENCE.test(plain)) return 'evidence';
	if (DUTY.test(plain)) return 'core';
	if (TIME.test(plain) && (has('date') || /\b20\d\d\b/.test(plain))) return 'dates';
	return has('percent') ? 'evidence' : 'core';
}

const CONCERN =
	/\b(?:oppos(?:es?|ed|ing|ition)|critici[sz]\w*|critics?|warn(?:s|ed|ing)?|concern(?:s|ed)?|object(?:s|ed|ions?)|fear(?:s|ed)?|worr(?:y|ies|ied)|threat(?:en)?\w*|reject(?:s|ed)|protest\w*|not enough|too (?:little|few|expensive|late|fast|slow)|insufficient|drawbacks?|disadvantages?|at risk|blank cheque|unfair|(?:would|will|could) lose|bad news|harm(?:s|ed|ful)?|controvers\w+|backlash|doubt(?:s|ed|ful)?|sceptic\w*|skeptic\w*)\b/i;
const FAVOUR =
	/\b(?:supports?|supported|welcom(?:es?|ed)|in favou?r|prais(?:es?|ed)|endors(?:es?|ed)|applaud\w*|backs|backed by|benefits?|advantages?|most important|good news|pay for itself|overdue|call(?:s|ed)? it “)/i;
const PENALTY = /\b(?:fines?|fined|penalt(?:y|ies)|sanctions?)\b/i;
const EVIDENCE =
	/\b(?:stud(?:y|ies)|research\w*|survey\w*|found that|finds that|measured|evidence|data|rose|fell|grew|increased|decreased|declined|dropped|doubled|halved|returned|on average|according to|trial|experiments?|effects?)\b/i;
const DUTY =
	/\b(?:must|shall|would have to|have to|has to|required?|requires|obliges?|obliged|bans?|banned|prohibits?|may not|duty|fines?|fined|exempt|entitled|applies to|creates?|gives the|sets up|introduces?)\b/i;
const TIME =
	/\b(?:into force|takes? effect|effective|deadline|until|by|from|before|since|on|vote|voted|expected|planned|scheduled|starts?|begins?|ends?|opens?|closes?|due|consultation|later|earlier)\b/i;
