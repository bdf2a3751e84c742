import { type Draft, type Path, stepAt, textOf } from '../../fold/workflow/draft.ts';
import { listsOf, stepWords } from '../../fold/workflow/step-kinds.ts';

interface Crumb {
	readonly words: string;
	readonly list: Path;
}

/** Crumbs say which list is shown, and lead back out of it; the branches of a choice stand side by side. */
export function Crumbs({
	draft,
	list,
	onOpen,
}: {
	readonly draft: Draft;
	readonly list: Path;
	readonly onOpen: (list: Path) => void;
}) {
	const crumbs = crumbsOf(draft, list);
	const beside = branchesBeside(draft, list);
	if (crumbs.length === 1) return null;
	return (
		<nav class="crumbs" aria-label="Inside">
			{crumbs.map(({ words, list: to }, index) => (
				<span key={to.join('.')}>
					{index > 0 && <span aria-hidden="true"> › </span>}
					{index === crumbs.length - 1 && beside.length === 0 ? (
						<span aria-current="true">{words}</span>
					) : (
						<button type="button" class="quiet-button" onClick={() => onOpen(to)}>
							{words}
						</button>
					)}
				</span>
			))}
			{beside.map(({ words, list: to }) => (
				<button
					key={to.join('.')}
					type="button"
					class="button small-button branch"
					aria-pressed={to.join('.') === list.join('.')}
					onClick={() => onOpen(to)}
				>
					{words}
				</button>
			))}
		</nav>
	);
}

function crumbsOf(draft: Draft, list: Path): readonly Crumb[] {
	const crumbs: Crumb[] = [{ words: textOf(draft, 'title') || textOf(draft, 'name') || 'Workflow', list: ['steps'] }];
	for (let depth = 2; depth < list.length; depth++) {
		const step = typeof list[depth - 1] === 'number' ? stepAt(draft, list.slice(0, depth)) : undefined;
		const key = list[depth];
		if (step === undefined || (key !== 'steps' && key !== 'parallel' && key !== 'choose')) continue;
		if (list[depth - 2] === 'choose') continue;
		const inner = key === 'choose' ? list.slice(0, depth + 3) : list.slice(0, depth + 1);
		crumbs.push({ words: stepWords(step), list: inner });
	}
	return crumbs;
}

function branchesBeside(draft: Draft, list: Path): readonly Crumb[] {
	if (list.at(-3) !== 'choose') return [];
	const owner = list.slice(0, -3);
	const step = stepAt(draft, owner);
	return step === undefined ? [] : listsOf(step).map(({ words, path }) => ({ words, list: [...owner, ...path] }));
}
