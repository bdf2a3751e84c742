/** sameJson compares values of JSON; a member that is undefined counts as left out. */
export function sameJson(one: unknown, other: unknown): boolean {
	if (one === other) return true;
	if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
	if (Array.isArray(one) || Array.isArray(other)) {
		if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
		return one.every((member, at) => sameJson(member, other[at]));
	}
	const left = one as Readonly<Record<string, unknown>>;
	const right = other as Readonly<Record<string, unknown>>;
	for (const key in left) if (!sameJson(left[key], right[key])) return false;
	for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
	return true;
}
