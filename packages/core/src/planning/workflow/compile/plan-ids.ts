import { asStepId, type StepId } from '../../../domain/ids.ts';
import { PLAN_LIMITS } from '../../../domain/task/plan.ts';

const MAX_LENGTH = 64;

/** PlanIds gives every step of a plan an id of its own, the same ones for the same definition. */
export class PlanIds {
	readonly #taken = new Set<string>();
	readonly #elements = new Set<string>();

	/** So many ids were asked for that there are more steps than a plan may have. */
	get exhausted(): boolean {
		return this.#taken.size > 2 * PLAN_LIMITS.maxSteps;
	}

	/** The id that is wanted, or that within its parent where another step has it already. */
	make(wanted: string, within?: string): StepId {
		const candidates = within === undefined ? [wanted] : [wanted, `${within}-${wanted}`];
		const free = candidates.find((id) => id.length <= MAX_LENGTH && this.#isFree(id)) ?? this.#numbered(wanted);
		this.#taken.add(free);
		return asStepId(free);
	}

	/** A name for the elements of a list, other than those `visible` around it. */
	element(wanted: string, visible: ReadonlySet<string>): string {
		let name = wanted;
		for (let number = 2; visible.has(name) || this.#taken.has(name); number++) name = `${wanted}-${number}`;
		this.#elements.add(name);
		return name;
	}

	#isFree(id: string): boolean {
		return !this.#taken.has(id) && !this.#elements.has(id);
	}

	#numbered(wanted: string): string {
		const short = wanted.slice(0, MAX_LENGTH - 6);
		let number = 2;
		while (!this.#isFree(`${short}-${number}`)) number++;
		return `${short}-${number}`;
	}
}
