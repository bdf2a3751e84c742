/** remember adds to a list that keeps its latest ones. */
export function remember<T>(list: readonly T[], one: T, limit: number): T[] {
	return [...list, one].slice(-limit);
}
