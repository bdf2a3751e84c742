import type { Json } from '../../../domain/json.ts';
import { isReference } from '../../../domain/task/references.ts';
import { parseDuration } from '../duration.ts';
import { hasExpression } from '../expression/template.ts';
import type { KindOfStep } from '../step-kind.ts';
import { resolve } from './compilation.ts';
import { compileTemplate } from './compile-template.ts';
import { Computing } from './computing.ts';
import { knownDuration } from './known-duration.ts';
import { beside, type Common, inOrder, type MadeStep, type StepTools, withoutTitle } from './made-step.ts';

type Wait = Extract<KindOfStep, { kind: 'wait' }>['step'];

/** compileWait is a wait: for a time, until one, or for an event. */
export function compileWait({ wait }: Wait, tools: StepTools, common: Common): readonly MadeStep[] {
	const { compilation, scope, id, place } = tools;
	const computing = new Computing(scope, () => compilation.ids.make(`${id}-in`));
	const at = [...place, 'wait'];
	const fill = (text: string, key: string) =>
		compileTemplate({ compilation, scope, computing }, text, [...at, key]) ?? '';
	const made = (capability: string, input: Json): readonly MadeStep[] => {
		const worked = computing.step('Work out how long to wait', withoutTitle(common));
		const main = { id, capability, input, dependsOn: [], ...common };
		return [...(worked === undefined ? [] : [beside(worked)]), inOrder(main)];
	};
	if (typeof wait !== 'object') return made('flow.wait', { ms: durationOf(wait, tools, computing) });
	if ('until' in wait) {
		const until = fill(wait.until, 'until');
		if (typeof until === 'string' && Number.isNaN(Date.parse(until)))
			compilation.problems.say([...at, 'until'], `\`${until}\` is no time; write one like 2027-01-31T09:00:00Z.`);
		return made('flow.wait', { until });
	}
	const timeoutMs =
		wait.timeout === undefined
			? undefined
			: durationOf(wait.timeout, { ...tools, place: [...place, 'wait'] }, computing, 'timeout');
	const input = {
		name: fill(wait.event, 'event'),
		...(timeoutMs === undefined ? {} : { timeoutMs }),
		...(wait.otherwise === undefined ? {} : { otherwise: wait.otherwise }),
	};
	return made('flow.event', input);
}

/** A duration, or where it is worked out while the workflow runs. */
function durationOf(written: number | string, tools: StepTools, computing: Computing, key = 'wait'): Json {
	const { compilation, scope } = tools;
	const place = [...tools.place, key];
	if (typeof written !== 'string' || !hasExpression(written)) return knownDuration(written, tools, place) ?? 0;
	const text = /^\s*\$\{([\s\S]*)\}\s*$/.exec(written)?.[1];
	if (text === undefined) return knownDuration(written, tools, place) ?? 0;
	const found = resolve(compilation, scope, { text, place, offset: written.indexOf('{') + 1 });
	if (found === undefined || found.kind === 'absent') return 0;
	if (found.kind === 'value' && !isReference(found.value)) {
		const ms = parseDuration(found.value);
		if (ms === undefined)
			compilation.problems.say(
				place,
				`${JSON.stringify(found.value).slice(0, 80)} is no duration; write ms, or 30s, 10m, 2h, 1d.`,
			);
		return ms ?? 0;
	}
	return compileTemplate({ compilation, scope, computing }, `\${milliseconds(${text})}`, place) ?? 0;
}
