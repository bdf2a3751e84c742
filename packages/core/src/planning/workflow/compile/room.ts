import { isJsonObject, type Json } from '../../../domain/json.ts';

/** Characters that one expression may handle before the run, and that all of a plan's may; whoever compiles has other things to do. */
const AT_ONCE = 1_000_000;
const IN_ALL = 20_000_000;

/** Room is how much may still be worked out and written down while a workflow is compiled. */
export class Room {
	#left = IN_ALL;

	get isOver(): boolean {
		return this.#left < 0;
	}

	/** Whether an expression that uses values so often may be worked out now. */
	suffices(value: Json, uses: number): boolean {
		const times = Math.max(1, uses);
		const most = Math.min(AT_ONCE, this.#left) / times;
		const size = sizeOf(value, most);
		const fits = size <= most;
		// Looking at it costs something, too.
		this.#left -= fits ? size * times : size;
		return fits && !this.isOver;
	}

	/** Takes what a value needs that is written into the plan; false once there is no room. */
	takes(value: Json): boolean {
		this.#left -= sizeOf(value, this.#left);
		return !this.isOver;
	}
}

/** sizeOf counts the characters of a value, roughly as JSON has them, to a little over `most`. */
export function sizeOf(value: Json, most: number): number {
	let size = 0;
	const stack: Json[] = [value];
	for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
		size += 4;
		if (typeof top === 'string') size += top.length;
		if (size > most) break;
		if (isJsonObject(top)) {
			for (const [key, part] of Object.entries(top)) {
				size += key.length;
				stack.push(part);
			}
		} else if (Array.isArray(top)) for (const part of top as readonly Json[]) stack.push(part);
	}
	return size;
}
