import type { JsonObject } from '../json.ts';

/** textArgument is an argument as text; undefined where it was left out or is blank. */
export function textArgument(args: JsonObject, name: string): string | undefined {
	const value = args[name];
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** countArgument is an argument that is a number above zero, however it is written. */
export function countArgument(args: JsonObject, name: string, most: number): number | undefined {
	const value = Math.floor(Number(args[name] ?? Number.NaN));
	return Number.isFinite(value) && value > 0 ? Math.min(value, most) : undefined;
}

/** flagArgument is whether an argument says yes. */
export function flagArgument(args: JsonObject, name: string): boolean {
	return args[name] === true || args[name] === 'true';
}
