import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isJsonObject, type Json } from '../../domain/json.ts';
import type { WorkflowDefinition, WorkflowStep } from '../../domain/workflow/definition.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import type { Library } from '../../ports/workflow-language.ts';
import { interpretWorkflow } from '../../testing/interpret-workflow.ts';
import { runPlan } from '../../testing/run-plan.ts';
import { compileWorkflow } from './compile-workflow.ts';
import { evaluateText } from './expression/evaluate-expression.ts';
import { fillTemplate } from './expression/template.ts';
import { readWorkflow } from './read-workflow.ts';
import { writeWorkflow } from './write-workflow.ts';

const RUNS = Number(process.env['ERRAND_PROPERTY_RUNS'] ?? 25);

const declared = (name: string): CapabilityDeclaration => ({
	...{ name, version: 1, summary: 'A test.', input: z.json(), output: z.json(), effects: 'none', pure: true },
	...{ placement: 'inline', concurrency: 1 },
});
const catalogue = ['test.give', 'value.compute'].map(declared);

function call(capability: string, input: Json): Json {
	if (!isJsonObject(input)) throw new Error('An object is needed.');
	if (capability === 'test.give') return input;
	const { expression, template, values, condition } = input;
	const names = isJsonObject(values) ? values : {};
	if (typeof expression !== 'string') {
		const filled = fillTemplate(template ?? null, names);
		if (filled.ok) return filled.value;
		throw new Error(filled.message);
	}
	const found = evaluateText(expression, names);
	if (found.ok) return found.value;
	if (condition === true && found.missing) return false;
	throw new Error(found.message);
}

/** What the steps before left: names of numbers, of lists of numbers, of lists of anything, and of what may be a number, null, or not there. */
interface Names {
	readonly sure: readonly string[];
	readonly lists: readonly string[];
	readonly things: readonly string[];
	readonly maybe: readonly string[];
}
type Made = { readonly step: WorkflowStep; readonly kind: keyof Names };

/** Writes random workflows, in which every expression has values that it can be worked out with. */
class Writer {
	readonly #nat: (max: number) => number;
	#room: number;
	#ids = 0;
	readonly subs: WorkflowDefinition[] = [];

	constructor(seed: number, room: number) {
		this.#nat = chancesFrom(seed);
		this.#room = room;
	}

	workflow(name: string, depth: number): WorkflowDefinition {
		const { steps, names } = this.list({ sure: ['input.n'], lists: ['input.l'], things: [], maybe: [] }, depth, 1);
		const input = {
			type: 'object',
			properties: { n: { type: 'number' }, l: { type: 'array' }, left: { type: 'string' } },
		};
		const result = this.#chance(2)
			? { result: { a: `\${${this.#number(names)}}`, b: `\${${this.#pick([...names.lists, ...names.things])}}` } }
			: {};
		return { name, version: 1, input, steps: [...steps], ...result };
	}

	list(outer: Names, depth: number, min = 1): { steps: readonly WorkflowStep[]; names: Names; last: Made['kind'] } {
		let names = outer;
		const steps: WorkflowStep[] = [];
		let last: Made['kind'] = 'maybe';
		const count = min + this.#nat(3);
		for (let index = 0; index < count && (index < min || this.#room > 0); index++) {
			this.#room--;
			const made = this.step(names, depth);
			const id = `s${this.#ids++}`;
			const when = this.#chance(5) ? { when: this.#condition(names) } : {};
			const earlier = steps.flatMap((one) => one.id ?? []);
			const after = this.#chance(5) ? { after: earlier.filter(() => this.#chance(2)) } : {};
			const unnamed = this.#chance(8);
			steps.push({ ...made.step, ...when, ...after, ...(unnamed ? {} : { id }) } as WorkflowStep);
			last = 'when' in when ? 'maybe' : made.kind;
			if (!unnamed) names = { ...names, [last]: [...names[last], id] };
		}
		return { steps, names, last };
	}

	step(names: Names, depth: number): Made {
		const simple = depth <= 0 || this.#room <= 0;
		switch (this.#pick(simple ? SIMPLE : ALL)) {
			case 'let':
				return { step: { let: `\${${this.#number(names)}}` }, kind: 'sure' };
			case 'list':
				return { step: { let: [`\${${this.#number(names)}}`, 2, `\${${this.#number(names)}}`] }, kind: 'lists' };
			case 'use':
				return {
					step: {
						use: 'test.give',
						with: { v: `\${${this.#number(names)}}`, text: `n is \${${this.#number(names)}}.` },
					},
					kind: 'maybe',
				};
			case 'pass':
				return { step: { let: `\${${this.#pick([...names.maybe, ...names.sure])}}` }, kind: 'maybe' };
			case 'wait':
				return { step: { wait: this.#pick(['10s', 5]) }, kind: 'maybe' };
			case 'each-use': {
				const with_ = {
					x: this.#pick(['${item}', '${item + 1}', `\${item * ${this.#number(names)}}`]),
					y: `\${${this.#number(names)}}`,
				};
				return { step: { each: this.#list(names), use: 'test.give', with: with_, max: 3 }, kind: 'things' };
			}
			case 'each': {
				const as = this.#pick(['item', 'it', 'one']);
				const inner = this.list({ ...names, sure: [...names.sure, as] }, depth - 1);
				return {
					step: { each: this.#list(names), as, max: 3, steps: [...inner.steps], ...this.#gives(inner.names) },
					kind: 'things',
				};
			}
			case 'group': {
				const inner = this.list(names, depth - 1);
				return { step: { steps: [...inner.steps], ...this.#gives(inner.names) }, kind: 'maybe' };
			}
			case 'parallel': {
				const inner = this.list(names, depth - 1);
				return { step: { parallel: [...inner.steps], ...this.#gives(inner.names) }, kind: 'maybe' };
			}
			case 'choose': {
				const branches = [1, 2].map(() => ({
					when: this.#condition(names),
					steps: [...this.list(names, depth - 1).steps],
				}));
				const otherwise = this.#chance(2) ? [{ steps: [...this.list(names, depth - 1).steps] }] : [];
				return { step: { choose: [...branches, ...otherwise] }, kind: 'maybe' };
			}
			case 'loop': {
				const inner = this.list({ ...names, sure: [...names.sure, 'previous'] }, depth - 1);
				const until = this.#pick(['next > 3', 'next > previous', `next + 1 > ${this.#number(names)}`]);
				const wait = this.#chance(2) ? { wait: '5s' } : {};
				const loop = { until, max: 1 + this.#nat(3), first: 1, otherwise: 'go-on' as const, ...wait };
				return { step: { loop, steps: [...inner.steps, { id: 'next', let: '${previous + 1}' }] }, kind: 'sure' };
			}
			default: {
				const name = `sub-${this.subs.length}`;
				const sub = this.workflow(name, depth - 1);
				this.subs.push(sub);
				return {
					step: { workflow: name, with: { n: `\${${this.#number(names)}}`, l: [1, `\${${this.#number(names)}}`] } },
					kind: 'maybe',
				};
			}
		}
	}

	#gives(names: Names): { readonly gives?: WorkflowDefinition['result'] } {
		return this.#chance(3) ? { gives: { v: `\${${this.#number(names)}}`, w: `w\${${this.#number(names)}}` } } : {};
	}

	#number({ sure, lists, things }: Names): string {
		const name = this.#pick([...sure]);
		const other = this.#pick([...sure]);
		return this.#pick([
			name,
			name,
			`${name} + 1`,
			`${name} * 2 - ${other}`,
			`size(${this.#pick([...lists, ...things])})`,
			`(${name} + 1) / 2`,
			'7',
		]);
	}

	#list({ lists }: Names): string {
		const name = this.#pick([...lists]);
		return this.#pick([name, name, `${name}.map(x, size(${name}))`, '[1, 2]', `[size(${name})]`]);
	}

	#condition({ sure, maybe }: Names): string {
		const name = this.#pick([...sure]);
		const other = this.#pick([...maybe, ...sure]);
		const simple = [
			`${name} > 2`,
			`${name} <= 3`,
			`${other} == 1`,
			`${name} + 1 > 2`,
			`input.n == 2`,
			`${other} == null`,
			`${name} != 2`,
		];
		const one = this.#pick(simple);
		return this.#pick([one, one, `${one} && ${this.#pick(simple)}`, `${one} || ${this.#pick(simple)}`, `!(${one})`]);
	}

	#pick<const T>(from: readonly T[]): T {
		const picked = from[this.#nat(from.length - 1)];
		if (picked === undefined) throw new Error('There is nothing to pick from.');
		return picked;
	}

	#chance(of: number): boolean {
		return this.#nat(of - 1) === 0;
	}
}

const SIMPLE = ['let', 'list', 'use', 'pass', 'wait'] as const;
const ALL = [...SIMPLE, 'each-use', 'each', 'group', 'parallel', 'choose', 'loop', 'workflow'] as const;

/** The same numbers for the same seed: what fast-check could shrink here says no more than the seed does. */
function chancesFrom(seed: number): (max: number) => number {
	let state = seed >>> 0;
	return (max) => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) % (max + 1);
	};
}

/** What walking through the definition comes to, or that it breaks. */
function walked(
	definition: WorkflowDefinition,
	input: Json,
	library: Library,
): { readonly gives?: Json; readonly fails?: true } {
	try {
		return { gives: interpretWorkflow(definition, input, { library, call }) ?? null };
	} catch (error) {
		if (error instanceof RangeError) throw error;
		return { fails: true };
	}
}

describe('a compiled workflow', () => {
	it(
		'comes to what walking through its definition comes to, in whatever order steps that may run are run',
		() => {
			let ran = 0;
			fc.assert(
				fc.property(fc.nat(), (seed) => {
					const writer = new Writer(seed, 60);
					const definition = writer.workflow('main', 3);
					const library = (name: string) => writer.subs.find((sub) => sub.name === name);
					const chance = chancesFrom(seed + 1);
					const input = { n: chance(4), l: [chance(4), 2, 3] };
					const compiled = compileWorkflow(definition, { input, library });
					if (!compiled.ok) {
						// Nested deeper, or longer, than a plan may be.
						expect(compiled.problems.map(({ message }) => message).join()).toMatch(/ deep|more than/);
						return;
					}
					ran++;
					const task = runPlan(compiled.steps, { catalogue, call, choose: (count) => chance(count - 1) });
					const seen = task.end?.status === 'done' ? { gives: task.end.result.output ?? null } : { fails: true };
					expect(seen).toEqual(walked(definition, input, library));
				}),
				{ numRuns: RUNS, endOnFailure: true },
			);
			expect(ran).toBeGreaterThan(RUNS / 2);
		},
		Math.max(20_000, 30 * RUNS),
	);

	it('is the same after its definition was written and read again', () => {
		fc.assert(
			fc.property(fc.nat(), (seed) => {
				const writer = new Writer(seed, 20);
				const definition = writer.workflow('main', 2);
				expect(readWorkflow(writeWorkflow(definition))).toEqual({ ok: true, definition });
			}),
			{ numRuns: Math.ceil(RUNS / 3), endOnFailure: true },
		);
	});
});
