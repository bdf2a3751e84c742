import { setTimeout as wait } from 'node:timers/promises';
import type { ErrandProcess } from '../errand-process.ts';
import { type ProcessEntry, processesUnder, stillThere } from '../process-tree.ts';
import type { StormCaller } from './api-callers.ts';
import { readMark } from './seen-answers.ts';
import { openStormBed, type StormBed } from './storm-bed.ts';
import { StormDice } from './storm-dice.ts';
import { StormLine } from './storm-line.ts';
import { type SaidInStorm, type StormRecord, unanswered } from './storm-record.ts';
import type { StormFrontend, StormVoice } from './storm-voice.ts';

/** StormOptions say how big a storm is, and what is looked at in it. */
export interface StormOptions {
	readonly messages: number;
	/** SIGKILLs of the whole process group, spread over the storm. */
	readonly kills: number;
	readonly seed: number;
	readonly env?: Readonly<Record<string, string>>;
	/** Called once everything is answered, before the server is stopped. */
	readonly answered?: (errand: ErrandProcess) => Promise<void>;
}

interface Speaker {
	readonly frontend: StormFrontend;
	readonly voice: StormVoice;
	readonly said: SaidInStorm[];
}

interface Called {
	readonly by: StormCaller;
	readonly number: number;
	readonly task: string;
}

/** Telegram and Discord bound how much a bot may say in a second, and so how much is asked there. */
const SHARES = {
	discord: 0.13,
	telegram: 0.09,
	sms: 0.08,
	socket: 0.22,
	rest: 0.22,
	hooks: 0.04,
	tasks: 0.22,
} as const;
/** Ten quick answers in a row are a machine's, so nobody with a phone says more. */
const TEXTS_OF_A_PHONE = 8;
const TEXTS_OF_A_PERSON = 25;
const PROGRAMS = 8;
/** No frontend is ahead of the others by more than this part, and while the server is away each goes on by so many. */
const AHEAD = 0.04;
const WHILE_AWAY = 25;
/** A reply that meets several troubles in a row is tried again after 1, 10, 30 and 60 s. */
const ANSWER_MS = 240_000;
const ENDED: ReadonlySet<string> = new Set(['done', 'failed', 'cancelled']);

/**
 * runStorm lets people and programs write over every frontend at once while platforms misbehave and the server is killed now
 * and then, and resolves after the last answer. How fast it goes is up to the answers.
 */
export async function runStorm(options: StormOptions): Promise<StormRecord> {
	const { messages } = options;
	const quota = (name: keyof typeof SHARES) => Math.round(messages * SHARES[name]);
	const crowd = (name: keyof typeof SHARES, each: number) => Math.ceil(quota(name) / each);
	const bed = await openStormBed(
		{
			discord: crowd('discord', TEXTS_OF_A_PERSON),
			telegram: crowd('telegram', TEXTS_OF_A_PERSON),
			sms: crowd('sms', TEXTS_OF_A_PHONE),
			page: crowd('rest', 2 * TEXTS_OF_A_PERSON),
		},
		options.env,
	);
	try {
		return await new Storm(bed, options, quota).run();
	} finally {
		await bed.errand.kill();
		await bed.stop();
	}
}

class Storm {
	readonly #bed: StormBed;
	readonly #options: StormOptions;
	readonly #dice: StormDice;
	readonly #speakers: Speaker[] = [];
	readonly #called: Called[] = [];
	readonly #lines: StormLine[] = [];
	readonly #work: Promise<void>[] = [];
	readonly #leftRunning: ProcessEntry[] = [];
	#saidWhileAway = 0;
	#away = false;
	#over = false;

	constructor(bed: StormBed, options: StormOptions, quota: (name: keyof typeof SHARES) => number) {
		this.#bed = bed;
		this.#options = options;
		this.#dice = new StormDice({ ...options, site: bed.site });
		for (const frontend of bed.frontends) this.#begin(frontend, quota(frontend.name));
		for (const caller of bed.callers) this.#beginCalls(caller, quota(caller.name));
	}

	async run(): Promise<StormRecord> {
		const { seed: _, answered } = this.#options;
		const startedAt = performance.now();
		const working = Promise.all(this.#work).finally(() => {
			this.#over = true;
		});
		await Promise.all([working, this.#pace(), this.#killNowAndThen()]);
		await this.#allAnswered();
		const called = await this.#allEnded();
		const ms = performance.now() - startedAt;
		await answered?.(this.#bed.errand);
		const conversations = await Promise.all(
			this.#speakers.map(async ({ frontend: { name, deduplicates }, voice, said }) => {
				const seen = (await voice.sees()).map(readMark);
				return { frontend: name, deduplicates, conversation: voice.conversation, said, seen };
			}),
		);
		const tree = await processesUnder(this.#bed.errand.pid);
		const exitCode = await this.#bed.errand.stop();
		this.#leftRunning.push(...(await stillThere(tree)));
		return {
			dataDir: this.#bed.errand.dataDir,
			conversations,
			called,
			...this.#dice.thrown,
			saidWhileAway: this.#saidWhileAway,
			exitCode,
			leftRunning: this.#leftRunning,
			ms,
			violations: this.#bed.violations(),
			dispose: () => this.#bed.dispose(),
		};
	}

	#begin(frontend: StormFrontend, total: number): void {
		const { voices, window } = frontend;
		const line = new StormLine(total, window);
		this.#lines.push(line);
		for (const [at, voice] of voices.entries()) {
			const speaker = { frontend, voice, said: [] };
			this.#speakers.push(speaker);
			const turns = Math.floor(total / voices.length) + (at < total % voices.length ? 1 : 0);
			this.#work.push(this.#speak(speaker, line, turns));
		}
	}

	async #speak({ frontend, voice, said }: Speaker, line: StormLine, turns: number): Promise<void> {
		for (let turn = 0; turn < turns; turn++) {
			await line.turn();
			const one = { id: '', message: this.#dice.message() };
			said.push(one);
			if (this.#away) this.#saidWhileAway++;
			one.id = await voice.say(one.message, this.#dice.trouble({ answered: frontend.window !== undefined }));
		}
	}

	#beginCalls(by: StormCaller, total: number): void {
		const line = new StormLine(total);
		this.#lines.push(line);
		let next = 0;
		const work = async () => {
			while (next < total) {
				const number = next++;
				await line.turn();
				if (this.#away) this.#saidWhileAway++;
				const task = await by.call(number, this.#dice.trouble({ answered: false }));
				this.#called.push({ by, number, task });
			}
		};
		for (let program = 0; program < PROGRAMS; program++) this.#work.push(work());
	}

	async #pace(): Promise<void> {
		while (!this.#over) {
			const slowest = Math.min(...this.#lines.map(({ part }) => part));
			for (const [at, line] of this.#lines.entries()) {
				line.release({ upTo: slowest + AHEAD, extra: this.#away ? WHILE_AWAY : 0, answered: this.#answeredOf(at) });
			}
			await wait(10);
		}
	}

	/** Answers seen so far where that is known without asking the server. */
	#answeredOf(line: number): number {
		const { window, voices = [] } = this.#bed.frontends[line] ?? {};
		if (window === undefined) return 0;
		return voices.reduce((sum, voice) => sum + (voice.sees() as readonly string[]).length, 0);
	}

	async #killNowAndThen(): Promise<void> {
		const { kills } = this.#options;
		const total = this.#lines.reduce((sum, line) => sum + line.total, 0);
		const gone = () => this.#lines.reduce((sum, line) => sum + line.gone, 0);
		for (let kill = 1; kill <= kills; kill++) {
			while (gone() < (total * kill) / (kills + 1)) {
				if (this.#over) return;
				await wait(10);
			}
			const tree = await processesUnder(this.#bed.errand.pid);
			this.#away = true;
			await this.#bed.errand.kill();
			// Time for what it left behind to notice, and for people to write to nobody.
			await wait(300);
			this.#leftRunning.push(...(await stillThere(tree)));
			await this.#bed.restart();
			this.#away = false;
		}
	}

	async #allAnswered(): Promise<void> {
		const open = new Map(this.#speakers.map((speaker) => [speaker, speaker.said]));
		for (const until = Date.now() + ANSWER_MS; open.size > 0; await wait(150)) {
			for (const speaker of [...open.keys()]) {
				const missing = unanswered(speaker.said, (await speaker.voice.sees()).map(readMark));
				if (missing.length === 0) open.delete(speaker);
				else open.set(speaker, missing);
			}
			if (open.size > 0 && Date.now() > until) {
				const words = [...open].map(([{ voice }, missing]) => {
					const texts = missing.map(({ id, message }) => `${message.text} (${id})`);
					return `${voice.conversation}: ${texts.join(', ')}`;
				});
				throw new Error(`Not answered in ${ANSWER_MS} ms:\n${words.join('\n')}\n${this.#bed.errand.output()}`);
			}
		}
	}

	async #allEnded(): Promise<StormRecord['called']> {
		const until = Date.now() + ANSWER_MS;
		const ended: StormRecord['called'][number][] = [];
		for (const { by, number, task } of this.#called) {
			let status = await by.status(number, task);
			while (!ENDED.has(status) && Date.now() < until) {
				await wait(50);
				status = await by.status(number, task);
			}
			ended.push({ by: by.name, task, status });
		}
		return ended;
	}
}
