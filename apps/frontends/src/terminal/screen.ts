import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { createLogUpdate } from 'log-update';
import { createPaint, type Paint } from './paint.ts';

/** Screen is where the terminal shows things and asks. */
export interface Screen {
	readonly paint: Paint;
	/** It can draw over what it drew; else only new lines are added. */
	readonly redraws: boolean;
	/** Somebody can be asked. */
	readonly asks: boolean;
	width(): number;
	height(): number;
	/** Draws lines in place of those drawn before. */
	draw(lines: readonly string[]): void;
	/** Leaves what was drawn where it stands; what follows comes below. */
	keep(): void;
	/** Takes away what was drawn. */
	clear(): void;
	print(lines: readonly string[]): void;
	/** Asks for one line; undefined when the input has ended, was interrupted or `signal` aborts. */
	ask(
		prompt: string,
		options?: { readonly secret?: boolean; readonly signal?: AbortSignal },
	): Promise<string | undefined>;
}

/** ScreenStreams are what a screen reads and writes. */
export interface ScreenStreams {
	readonly input: NodeJS.ReadStream;
	readonly output: NodeJS.WriteStream;
	readonly color: boolean;
	/** Ctrl-C while a line is being typed. */
	onInterrupt(): void;
}

/** createScreen fits a screen to its streams: live on a terminal, plain lines anywhere else. */
export function createScreen({ input, output, color, onInterrupt }: ScreenStreams): Screen {
	const live = output.isTTY === true && color;
	const update = createLogUpdate(output, { showCursor: false });
	const history: string[] = [];
	let drawn = '';
	return {
		paint: createPaint(live),
		redraws: live,
		asks: input.isTTY === true,
		width: () => Math.min(100, Math.max(24, (output.columns ?? 80) - 1)),
		height: () => Math.max(6, (output.rows ?? 24) - 2),
		draw: (lines) => {
			const text = lines.join('\n');
			if (!live || text === drawn) return;
			drawn = text;
			update(text);
		},
		keep: () => {
			if (live) update.done();
			drawn = '';
		},
		clear: () => {
			if (live) update.clear();
			drawn = '';
		},
		print: (lines) => {
			if (lines.length > 0) output.write(`${lines.join('\n')}\n`);
		},
		ask: async (prompt, { secret = false, signal } = {}) => {
			const line = await askLine({ input, output, onInterrupt, prompt, secret, signal, history });
			if (line !== undefined && line.trim() !== '' && !secret) history.unshift(line);
			return line;
		},
	};
}

async function askLine(question: {
	readonly input: NodeJS.ReadStream;
	readonly output: NodeJS.WriteStream;
	readonly prompt: string;
	readonly secret: boolean;
	readonly signal: AbortSignal | undefined;
	readonly history: readonly string[];
	onInterrupt(): void;
}): Promise<string | undefined> {
	const { input, output, prompt, secret, signal, history, onInterrupt } = question;
	if (signal?.aborted === true) return undefined;
	const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
	if (secret) output.write(prompt);
	const terminal = input.isTTY === true;
	const lines = createInterface({
		input,
		output: secret ? hidden : output,
		terminal,
		history: secret ? [] : [...history],
		prompt: secret ? '' : prompt,
	});
	return new Promise((resolve) => {
		let answer: string | undefined;
		const end = () => lines.close();
		lines.once('line', (line) => {
			answer = line;
			end();
		});
		lines.once('SIGINT', () => {
			end();
			onInterrupt();
		});
		lines.once('close', () => {
			signal?.removeEventListener('abort', end);
			if (secret || answer === undefined) output.write('\n');
			resolve(answer);
		});
		signal?.addEventListener('abort', end, { once: true });
		lines.prompt();
	});
}
