import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';
import { CoreError } from '@errand/core/domain/errors.ts';
import { cleanLine } from '@errand/frontends/terminal/clean-text.ts';

/** Asker asks at a terminal, or of lines that are piped in. */
export interface Asker {
	say(line: string): void;
	/** An empty answer is the default, if there is one. */
	ask(question: string, byDefault?: string): Promise<string>;
	/** What is typed is not shown. */
	askHidden(question: string): Promise<string>;
	choose<T>(question: string, choices: readonly { readonly words: string; readonly value: T }[]): Promise<T>;
	/** Aborts when the person leaves with Ctrl+C, which a terminal that is being asked keeps from the process. */
	readonly left: AbortSignal;
	close(): void;
}

/** openAsker asks through these streams; it rejects with `cancelled` when the person leaves or the lines end. */
export function openAsker(input: Readable & { isTTY?: boolean }, output: Writable): Asker {
	let hidden = false;
	const echo = new Writable({
		write(lot: Buffer, _encoding, done) {
			if (!hidden) output.write(lot);
			done();
		},
	});
	const terminal = input.isTTY === true;
	const leaving = new AbortController();
	const lines = createInterface({ input, output: echo, terminal });
	lines.on('SIGINT', () => {
		leaving.abort();
		lines.close();
	});
	const next = lineReader(lines);

	const ask = async (question: string): Promise<string> => {
		// At a terminal the prompt is drawn anew with each key; piped lines may have ended already.
		if (terminal) {
			lines.setPrompt(question);
			lines.prompt();
		} else output.write(question);
		const line = await next();
		// Piped answers leave no line end behind.
		if (!terminal) output.write('\n');
		return line.trim();
	};
	const say = (line: string) => output.write(`${line}\n`);

	return {
		say,
		ask: async (question, byDefault) => {
			const answer = await ask(byDefault === undefined ? `${question} ` : `${question} [${byDefault}] `);
			return answer === '' ? (byDefault ?? '') : answer;
		},
		askHidden: async (question) => {
			output.write(`${question} (not shown) `);
			hidden = true;
			try {
				lines.setPrompt('');
				return (await next()).trim();
			} finally {
				hidden = false;
				output.write('\n');
			}
		},
		choose: async (question, choices) => {
			say(question);
			for (const [index, { words }] of choices.entries()) say(`  ${index + 1}. ${cleanLine(words)}`);
			for (;;) {
				const answer = await ask(`1–${choices.length} [1]: `);
				const choice = choices[answer === '' ? 0 : /^\d+$/.test(answer) ? Number(answer) - 1 : -1];
				if (choice !== undefined) return choice.value;
				say(`Type a number from 1 to ${choices.length}.`);
			}
		},
		left: leaving.signal,
		close: () => lines.close(),
	};
}

/** Lines are kept until they are asked for, because piped ones come all at once. */
function lineReader(lines: ReturnType<typeof createInterface>): () => Promise<string> {
	const kept: string[] = [];
	let ended = false;
	let wanted: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined;
	lines.on('line', (line) => {
		if (wanted === undefined) kept.push(line);
		else wanted.resolve(line);
		wanted = undefined;
	});
	lines.on('close', () => {
		ended = true;
		wanted?.reject(left());
		wanted = undefined;
	});
	return () => {
		const line = kept.shift();
		if (line !== undefined) return Promise.resolve(line);
		if (ended) return Promise.reject(left());
		return new Promise((resolve, reject) => {
			wanted = { resolve, reject };
		});
	};
}

function left(): CoreError {
	return new CoreError('cancelled', 'The set-up ended before it was done.', { hint: 'Nothing was written.' });
}
