import type { Coverage } from '../../comparison/cell.ts';

/** coverageIn reads on which side a short statement is: "Covered up to $500", "No, flood is excluded", "Optional extra". */
export function coverageIn(statement: string): Coverage | undefined {
	if (/\boptional\b|\bextra\b|\badd-?on\b/i.test(statement)) return 'optional';
	if (/^(?:no\b|not\b|excluded)|\b(?:not|never) (?:covered|included|insured)\b|\bexcluded\b/i.test(statement))
		return 'no';
	return /^(?:yes\b|covered|included)|\b(?:is|are) (?:covered|included|insured)\b/i.test(statement) ? 'yes' : undefined;
}
