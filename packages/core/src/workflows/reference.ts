import type { Json } from '../domain/json.ts';

declare const known: unique symbol;

/** RefOf marks what stands for a value of type T that is not known before the workflow runs. */
export interface RefOf<out T> {
	readonly [known]: T;
}

/**
 * Ref is such a value with its parts: `page.title` is a `Ref<string>`, and goes wherever a string is wanted. A list has `at`, `map`,
 * `filter` and `size`, a record and any JSON have `at`. In a text (`` `About ${page.title}` ``) it is put in when the workflow runs.
 */
export type Ref<T> = RefOf<T> & Parts<T>;

/** Given is what may stand where a T is wanted: the value, a reference to one, or a value with references in it. */
export type Given<T> = RefOf<T> | (T extends unknown ? Plain<T> : never);

/** Loose is any JSON with references in it. */
export type Loose =
	| RefOf<unknown>
	| null
	| boolean
	| number
	| string
	| undefined
	| readonly Loose[]
	| { readonly [key: string]: Loose };

/** Known is what something given will be once the workflow runs. */
export type Known<V> =
	V extends RefOf<infer T>
		? T
		: V extends string
			? string
			: V extends number
				? number
				: V extends boolean
					? boolean
					: V extends null | undefined | ReturnType<() => void>
						? null
						: V extends readonly (infer E)[]
							? Known<E>[]
							: { -readonly [K in keyof V]: Known<V[K]> };

/** ListParts is what can be made of a list before it is known. */
interface ListParts<E> {
	at(index: number): Ref<E>;
	map<V>(make: (element: Ref<E>) => V): Ref<Known<V>[]>;
	filter(holds: (element: Ref<E>) => RefOf<boolean>): Ref<E[]>;
	size(): Ref<number>;
}

/** KeyedParts is what can be made of a value whose members no type names. */
interface KeyedParts<V> {
	at(key: string | number): Ref<V>;
}

type Primitive = string | number | boolean | bigint | null | undefined;
type IsAnyJson<T> = unknown extends T ? true : [string | number | boolean | null] extends [T] ? true : false;

type Parts<T> = IsAnyJson<T> extends true ? KeyedParts<Json> : PartsOf<Exclude<T, null | undefined>>;
type PartsOf<T> = [T] extends [Primitive]
	? unknown
	: [T] extends [readonly (infer E)[]]
		? ListParts<E>
		: string extends keyof T
			? KeyedParts<T[keyof T]>
			: { readonly [K in keyof T]-?: Ref<T[K]> };

type Plain<T> = T extends Primitive
	? T
	: T extends readonly (infer E)[]
		? readonly Given<E>[]
		: unknown extends T
			? Loose
			: { readonly [K in keyof T]: Given<undefined extends T[K] ? Exclude<T[K], undefined> : T[K]> };
