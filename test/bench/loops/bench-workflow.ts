/** BenchWorkflow is a workflow as somebody saves it, with the input of a run. */
export interface BenchWorkflow {
	readonly name: string;
	readonly text: string;
	readonly input: { readonly items: readonly number[] };
}

/** CONSTRUCTS are the ways in which a workflow says that a step is done so many times. */
export const CONSTRUCTS = [
	'in sequence',
	'parallel',
	'group in sequence',
	'each',
	'each with steps',
	'loop',
	'choose',
	'let',
] as const;
export type Construct = (typeof CONSTRUCTS)[number];

/**
 * benchWorkflow writes a graph of steps by levels: a level of several is one step for each element of a list, and every step
 * takes the outputs of the level before it.
 */
export function benchWorkflow(levels: readonly number[], capability: string): BenchWorkflow {
	const steps = levels.map((width, level) => {
		const before = level === 0 ? {} : { with: { after: `\${s${level - 1}}` } };
		return { id: `s${level}`, ...(width === 1 ? {} : { each: 'input.items' }), use: capability, ...before };
	});
	return written(`${capability.replaceAll('.', '-')}-${levels.join('-')}`, steps, Math.max(...levels));
}

/** constructWorkflow writes a workflow that does a step so many times by one construct. */
export function constructWorkflow(construct: Construct, count: number, capability: string): BenchWorkflow {
	const name = `${construct.replaceAll(' ', '-')}-${count}`;
	return written(name, stepsOf(construct, count, { use: capability }), count);
}

function stepsOf(construct: Construct, count: number, call: object): readonly object[] {
	const calls = Array.from({ length: count }, () => call);
	switch (construct) {
		case 'in sequence':
			return calls;
		case 'parallel':
			return [{ parallel: calls }];
		case 'group in sequence':
			return [{ steps: calls }];
		case 'each':
			return [{ each: 'input.items', ...call }];
		case 'each with steps':
			return [{ each: 'input.items', steps: [call] }];
		case 'loop':
			return [{ loop: { until: 'false', max: count, otherwise: 'go-on' }, steps: [{ id: 'done', ...call }] }];
		case 'choose':
			return calls.flatMap((one, index) => [
				{ id: `c${index}`, ...one },
				{ choose: [{ when: `c${index}.ok == false`, steps: [call] }, { steps: [{ let: index }] }] },
			]);
		case 'let':
			return [
				{ id: 'v0', ...call },
				...calls.map((_, index) => ({ id: `v${index + 1}`, let: { of: `\${v${index}}` } })),
			];
	}
}

function written(name: string, steps: readonly object[], items: number): BenchWorkflow {
	const input = { type: 'object', properties: { items: { type: 'array', items: { type: 'number' } } } };
	// JSON is YAML.
	const text = JSON.stringify({ name, input, steps });
	return { name, text, input: { items: Array.from({ length: items }, (_, index) => index) } };
}
