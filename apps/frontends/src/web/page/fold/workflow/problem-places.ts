import type { WorkflowProblem } from '@errand/core/domain/workflow/problem.ts';
import { type Path, pathText } from './draft.ts';

/** placeOf is where a problem belongs: what an input complains of deeper than its path says stands in its words, `at "steps.0.url"`. */
export function placeOf({ path = '', message }: WorkflowProblem): string {
	const [, deeper] = / at "([^"]+)"/.exec(message) ?? [];
	return deeper === undefined || !/(?:^|\.)with$/.test(path) ? path : `${path}.${deeper}`;
}

/** problemsUnder are those at a path or below it. */
export function problemsUnder(problems: readonly WorkflowProblem[], path: Path): readonly WorkflowProblem[] {
	const at = pathText(path);
	if (at === '') return problems;
	return problems.filter((problem) => {
		const place = placeOf(problem);
		return place === at || place.startsWith(`${at}.`);
	});
}

/** problemWords is a problem beside the field it is about: without what the field says already. */
export function problemWords({ message }: WorkflowProblem): string {
	return message.replace(/^The input of "[^"]+" does not fit(?: at "[^"]+")?: /, '');
}

/** problemsElsewhere are those that belong to no field of a step that is drawn: to the step as a whole, or to keys without a field. */
export function problemsElsewhere(
	problems: readonly WorkflowProblem[],
	path: Path,
	fields: readonly Path[],
): readonly WorkflowProblem[] {
	const drawn = new Set(fields.flatMap((field) => problemsUnder(problems, field)));
	return problemsUnder(problems, path).filter((problem) => !drawn.has(problem));
}
