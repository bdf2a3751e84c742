/** packVector makes a vector of length one and four times smaller: a byte for each dimension, which costs no rank that matters. */
export function packVector(vector: Float32Array): Int8Array {
	let squares = 0;
	let most = 0;
	for (const value of vector) {
		squares += value * value;
		most = Math.max(most, Math.abs(value));
	}
	const packed = new Int8Array(vector.length);
	if (!(squares > 0 && Number.isFinite(squares))) return packed;
	for (let index = 0; index < vector.length; index++) packed[index] = Math.round(((vector[index] ?? 0) / most) * 127);
	return packed;
}

/** cosine compares two packed vectors: 1 for the same direction; 0 where they cannot be compared. */
export function cosine(one: Int8Array, other: Int8Array): number {
	if (one.length !== other.length) return 0;
	let product = 0;
	let ones = 0;
	let others = 0;
	for (let index = 0; index < one.length; index++) {
		const a = one[index] as number;
		const b = other[index] as number;
		product += a * b;
		ones += a * a;
		others += b * b;
	}
	return ones === 0 || others === 0 ? 0 : product / Math.sqrt(ones * others);
}
