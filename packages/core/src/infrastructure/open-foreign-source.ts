import type { RedisLine } from '../adapters/redis/open-redis-line.ts';
import { ProgramCalls } from '../adapters/redis/programs/program-calls.ts';
import { ProgramDirectory } from '../adapters/redis/programs/program-directory.ts';
import type { ProgramAbout } from '../adapters/redis/programs/program-messages.ts';
import { DEFAULT_TIMEOUT_MS } from '../domain/capability.ts';
import { CoreError } from '../domain/errors.ts';
import { isJsonObject, type Json } from '../domain/json.ts';
import { readDeclaration } from '../planning/declared-capability.ts';
import type { CapabilityDeclaration, ICapability, RunContext } from '../ports/capability.ts';
import type { ICapabilitySource } from '../ports/capability-source.ts';
import { ChangeListeners } from '../ports/change-listeners.ts';
import type { ILogger } from '../ports/logger.ts';
import { RunLost } from '../ports/run-lost.ts';
import { answersForProgram, programQuestions } from './program-questions.ts';

/**
 * openForeignSource brings what programs in other languages can do that take part over Redis. They take calls; the job, with its
 * lock, its retries and its outcome, stays with the worker that calls. Resolves once it was read who is there.
 */
export async function openForeignSource(parts: {
	readonly line: RedisLine;
	readonly log: ILogger;
}): Promise<ICapabilitySource> {
	const source = new ForeignSource(parts);
	await source.start();
	return source;
}

interface Offered {
	readonly capability: ICapability;
	readonly program: string;
}

class ForeignSource implements ICapabilitySource {
	readonly name = 'programs';
	readonly #log: ILogger;
	readonly #directory: ProgramDirectory;
	readonly #calls: ProgramCalls;
	readonly #listeners = new ChangeListeners();
	/** Declarations by what was said, so that nothing changes while the same is said. */
	readonly #read = new WeakMap<ProgramAbout, readonly CapabilityDeclaration[]>();
	#seen: ReadonlySet<string> = new Set();
	#offered: ReadonlyMap<string, Offered & { readonly key: string }> = new Map();
	#list: readonly ICapability[] = [];

	constructor({ line, log }: { line: RedisLine; log: ILogger }) {
		this.#log = log;
		this.#calls = new ProgramCalls(line);
		this.#directory = new ProgramDirectory({ line, log, onChange: () => this.#changed() });
	}

	start(): Promise<void> {
		return this.#directory.start();
	}

	capabilities(): readonly ICapability[] {
		return this.#list;
	}

	originOf(name: string): string | undefined {
		const offered = this.#offered.get(name);
		return offered && `program:${offered.program}`;
	}

	missing(): ReadonlyMap<string, string> {
		return new Map();
	}

	onChange(listener: () => void): () => void {
		return this.#listeners.add(listener);
	}

	/** Programs keep nothing for a task. */
	async endTask(): Promise<void> {}

	async stop(): Promise<void> {
		this.#directory.stop();
		this.#calls.stop();
	}

	#changed(): void {
		const { there } = this.#directory;
		for (const instance of this.#seen) if (!there.has(instance)) this.#calls.gone(instance);
		this.#seen = new Set(there.keys());
		const offered = new Map<string, Offered & { key: string }>();
		for (const about of [...there.values()].toSorted((a, b) => (a.program < b.program ? -1 : 1))) {
			for (const declared of this.#declarationsOf(about)) {
				const { name } = declared;
				if (offered.has(name)) continue;
				const instances = this.#instancesWith(name).length;
				const key = JSON.stringify([about.program, instances, about.capabilities.find((one) => one['name'] === name)]);
				const before = this.#offered.get(name);
				offered.set(
					name,
					before?.key === key ? before : { ...this.#capability(declared, about.program, instances), key },
				);
			}
		}
		this.#offered = offered;
		this.#list = [...offered.values()].map(({ capability }) => capability);
		this.#listeners.tell();
	}

	#declarationsOf(about: ProgramAbout): readonly CapabilityDeclaration[] {
		const known = this.#read.get(about);
		if (known !== undefined) return known;
		const read = about.capabilities.flatMap((written) => {
			const one = readDeclaration(written);
			// Sessions belong to handlers in children of a worker.
			if (one.ok && one.declaration.sessions === undefined) return [one.declaration];
			const problem = one.ok ? `${one.declaration.name}: a program has no sessions` : one.problem;
			this.#log.warn('capability of a program not understood', { program: about.program, problem });
			return [];
		});
		this.#read.set(about, read);
		return read;
	}

	#instancesWith(name: string): readonly string[] {
		const has = (about: ProgramAbout) => this.#declarationsOf(about).some((declared) => declared.name === name);
		return [...this.#directory.there].flatMap(([instance, about]) => (has(about) ? [instance] : []));
	}

	#capability(declared: CapabilityDeclaration, program: string, instances: number): Offered {
		const run = (input: unknown, context: RunContext) => this.#run(declared, program, input as Json, context);
		const concurrency = Math.min(1_000, declared.concurrency * Math.max(1, instances));
		// Schemas are no members of its own.
		const { input, output } = declared;
		const capability: ICapability = { ...declared, input, output, concurrency, lasting: true, run };
		return { capability, program };
	}

	async #run(declared: CapabilityDeclaration, program: string, input: Json, context: RunContext): Promise<Json> {
		const { name, timeoutMs = DEFAULT_TIMEOUT_MS } = declared;
		const [instance] = this.#instancesWith(name).toSorted((a, b) => this.#calls.openWith(a) - this.#calls.openWith(b));
		if (instance === undefined) throw new RunLost(name, `No program with ${name} is there.`);
		const { taskId: task, signal, answers } = context;
		const done = await this.#calls.call(instance, {
			...{ capability: name, input, timeoutMs, task, signal, answers: answersForProgram(program, answers) },
			onProgress: ({ percent, text, partial }) =>
				context.progress({
					...(percent === undefined ? {} : { percent }),
					...(text === undefined ? {} : { text }),
					...(partial === undefined ? {} : { partial }),
				}),
		});
		if (done.kind === 'asked') return context.ask(programQuestions(program, done.questions));
		for (const origin of done.origins ?? [`program:${program}`]) context.taint(origin);
		return done.files === undefined || done.files.length === 0
			? done.output
			: await withFiles(done.output, done.files, context);
	}
}

async function withFiles(
	output: Json,
	files: readonly { readonly name: string; readonly type: string; readonly base64: string }[],
	context: RunContext,
): Promise<Json> {
	const read = files.map(({ name, type, base64 }) => ({ name, type, content: Buffer.from(base64, 'base64') }));
	if (read.reduce((sum, { content }) => sum + content.byteLength, 0) > MAX_FILE_BYTES) {
		throw new CoreError('too-large', 'The program gave files of more than 8 MB.', {
			hint: 'Have it give smaller ones.',
		});
	}
	const refs = [];
	for (const file of read) refs.push(await context.saveArtifact(file));
	return { ...(isJsonObject(output) ? output : { output }), files: refs.map((ref) => ({ ...ref })) };
}

const MAX_FILE_BYTES = 8 * 1024 * 1024;
