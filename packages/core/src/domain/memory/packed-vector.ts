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
