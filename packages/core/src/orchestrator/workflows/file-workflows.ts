import type { WorkflowProblem } from '../../domain/workflow/problem.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IWorkflowFiles, WorkflowFile } from '../../ports/workflow-files.ts';
import type { IWorkflowLanguage } from '../../ports/workflow-language.ts';
import type { KnownWorkflow } from './known-workflow.ts';

interface Dependencies {
	readonly files: IWorkflowFiles;
	readonly origin: 'file' | 'shipped';
	readonly language: () => Promise<IWorkflowLanguage>;
	readonly log: ILogger;
}

interface Entry {
	readonly file: WorkflowFile;
	readonly known: KnownWorkflow;
}

/** FileWorkflows are the workflows of a folder as it is now. A text that cannot be read leaves the last good one in use, and says so. */
export class FileWorkflows {
	readonly #deps: Dependencies;
	#entries = new Map<string, Entry>();
	#listed: readonly WorkflowFile[] | undefined;
	#all: readonly KnownWorkflow[] = [];
	#listening: (() => void) | undefined;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async find(name: string): Promise<KnownWorkflow | undefined> {
		const all = await this.all();
		// One whose text can be used goes before one of the same name that cannot.
		const named = all.filter((known) => known.name === name);
		return named.find(({ definition }) => definition !== undefined) ?? named[0];
	}

	async all(): Promise<readonly KnownWorkflow[]> {
		const { files, language } = this.#deps;
		this.#listening ??= files.onChange(() => void this.all().catch(() => {}));
		const [listed, read] = await Promise.all([files.list(), language()]);
		if (listed === this.#listed) return this.#all;
		const before = this.#entries;
		this.#entries = new Map(
			listed.map((file) => {
				const known = before.get(file.path);
				return [file.path, known?.file === file ? known : { file, known: this.#known(file, known?.known, read) }];
			}),
		);
		this.#listed = listed;
		this.#all = [...this.#entries.values()].map(({ known }) => known);
		return this.#all;
	}

	stop(): void {
		this.#listening?.();
		this.#deps.files.stop();
	}

	#known(file: WorkflowFile, before: KnownWorkflow | undefined, language: IWorkflowLanguage): KnownWorkflow {
		const { origin, log } = this.#deps;
		const read =
			file.problem === undefined
				? language.read(file.text)
				: { ok: false as const, problems: [{ message: file.problem }] };
		if (read.ok) {
			const { definition } = read;
			const { name, version } = definition;
			if (before !== undefined)
				log.info('workflow file read again', { path: file.path, workflow: `${name}@${version}` });
			return { name, origin, version, definition, text: file.text, problems: [] };
		}
		log.warn('workflow file cannot be used', { path: file.path, problem: described(read.problems) });
		const problems = read.problems.map((problem) => ({ ...problem, message: `${file.path}: ${problem.message}` }));
		if (before?.definition === undefined) {
			const name = nameOfFile(file.path);
			return { name, origin, version: 0, definition: undefined, text: file.text, problems };
		}
		const goesOn = {
			message: `${file.path} cannot be read as it is now; version ${before.version} before it stays in use.`,
		};
		// The text as it is, because whoever mends it needs that one.
		return { ...before, text: file.text, problems: [goesOn, ...problems] };
	}
}

function nameOfFile(path: string): string {
	return path.replace(/\.[^.]*$/, '');
}

function described([first]: readonly WorkflowProblem[]): string {
	if (first === undefined) return '';
	const { message, line, column } = first;
	return line === undefined ? message : `line ${line}, column ${column ?? 1}: ${message}`;
}
