import { isJsonObject, type Json } from '../json.ts';
import { PLAN_LIMITS } from './plan.ts';
import { isReference } from './references.ts';

const MAX_INPUT_DEPTH = 64;

/** inputShapeProblem says what is wrong with an input as JSON: too deep, too big, or something that looks like a reference and is none. */
export function inputShapeProblem(input: Json): string | undefined {
	const stack: { value: Json; depth: number; inList: boolean }[] = [{ value: input, depth: 0, inList: false }];
	for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
		const { value, depth, inList } = top;
		if (typeof value !== 'object' || value === null) continue;
		if (depth > MAX_INPUT_DEPTH) return `The input is nested deeper than ${MAX_INPUT_DEPTH} levels.`;
		if (isJsonObject(value) && Object.hasOwn(value, '$from')) {
			if (!isReference(value)) return 'A reference is {"$from": "stepId.path"} and nothing else but "$spread".';
			if (value.$spread !== undefined && !inList)
				return `"$spread" of "${value.$from}" only means something in a list.`;
			continue;
		}
		const list = Array.isArray(value);
		for (const part of Object.values(value)) stack.push({ value: part, depth: depth + 1, inList: list });
	}
	const bytes = utf8Bytes(JSON.stringify(input));
	const { maxInputBytes } = PLAN_LIMITS;
	if (bytes > maxInputBytes) return `The input has ${bytes} bytes; at most ${maxInputBytes} are allowed.`;
	return undefined;
}

/** utf8Bytes is how long a text is in UTF-8. `JSON.stringify` escapes lone surrogates, so every high surrogate here has its pair: four bytes together. */
export function utf8Bytes(text: string): number {
	let bytes = text.length;
	for (let index = 0; index < text.length; index++) {
		const unit = text.charCodeAt(index);
		if (unit >= 0xd800 && unit <= 0xdfff) bytes += 1;
		else if (unit >= 0x800) bytes += 2;
		else if (unit >= 0x80) bytes += 1;
	}
	return bytes;
}
