import type { PersonId, TaskId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';

/** NamedValue is a value of a goal that would be another one the next time, with a name for it. */
export interface NamedValue {
	readonly name: string;
	/** As it stands in the goal. */
	readonly value: string;
	readonly description?: string | undefined;
}

/** IParameterNamer finds what a goal names in particular, better than rules do. It may reject, and what it gives is checked. */
export interface IParameterNamer {
	nameParameters(
		asked: {
			readonly person: PersonId;
			readonly task: TaskId;
			readonly goal: string;
			/** Of the steps that the goal led to. */
			readonly inputs: readonly Json[];
		},
		signal: AbortSignal,
	): Promise<readonly NamedValue[]>;
}
