/** LineReader cuts a stream of bytes into lines, none of them longer than allowed. */
export class LineReader {
	readonly #maxBytes: number;
	#parts: Buffer[] = [];
	#bytes = 0;

	constructor(maxBytes: number) {
		this.#maxBytes = maxBytes;
	}

	/** Gives the lines that are whole now; undefined when one is too long, after which nothing more is to be read. */
	add(chunk: Buffer): string[] | undefined {
		const lines: string[] = [];
		let from = 0;
		for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
			this.#keep(chunk.subarray(from, end));
			if (this.#bytes > this.#maxBytes) return undefined;
			lines.push(this.#line());
			from = end + 1;
		}
		this.#keep(chunk.subarray(from));
		return this.#bytes > this.#maxBytes ? undefined : lines;
	}

	#keep(part: Buffer): void {
		if (part.length === 0) return;
		this.#parts.push(part);
		this.#bytes += part.length;
	}

	#line(): string {
		const line = Buffer.concat(this.#parts).toString('utf8');
		this.#parts = [];
		this.#bytes = 0;
		return line.endsWith('\r') ? line.slice(0, -1) : line;
	}
}

const LF = 10;
