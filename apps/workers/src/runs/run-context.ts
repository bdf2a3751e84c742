import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { asArtifactId, type PersonId, type TaskId } from '@errand/core/domain/ids.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { QuestionDraft } from '@errand/core/domain/task/question.ts';
import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';
import type { RunContext } from '@errand/core/ports/capability.ts';

/** StepProgress is a passing word of a handler about how far it is. */
export interface StepProgress {
	readonly percent?: number | undefined;
	readonly text?: string | undefined;
	readonly partial?: string | undefined;
}

/** RunResources is what runs may reach of the world: files and guarded requests. */
export interface RunResources {
	readonly artifacts: IArtifactStore;
	readonly fetch: RunContext['fetch'];
}

type FetchInit = NonNullable<Parameters<RunContext['fetch']>[1]>;

/** RunScope is what one run belongs to. */
export interface RunScope {
	readonly taskId: TaskId;
	readonly person: PersonId;
	readonly key?: string | undefined;
	readonly answers: readonly { readonly question: string; readonly answer: Json }[];
	readonly workspace: string | undefined;
}

/** HandlerContext is the RunContext of one run; it keeps what the handler asked and where its output's content comes from. */
export class HandlerContext implements RunContext {
	readonly taskId: TaskId;
	readonly person: PersonId;
	readonly key: string | undefined;
	readonly answers: RunScope['answers'];
	readonly workspace: string | undefined;
	readonly model: RunContext['model'];
	readonly search: RunContext['search'];
	readonly browser: RunContext['browser'];
	readonly #origins = new Set<string>();
	readonly #resources: RunResources;
	readonly #stop: StopSwitch;
	readonly #onProgress: (progress: StepProgress) => void;
	#asked: readonly QuestionDraft[] | undefined;

	constructor(
		scope: RunScope,
		parts: {
			resources: RunResources;
			services: Pick<RunContext, 'model' | 'search' | 'browser'>;
			stop: StopSwitch;
			onProgress: (progress: StepProgress) => void;
		},
	) {
		this.taskId = scope.taskId;
		this.person = scope.person;
		this.key = scope.key;
		this.answers = scope.answers;
		this.workspace = scope.workspace;
		this.model = parts.services.model;
		this.search = parts.services.search;
		this.browser = parts.services.browser;
		this.#resources = parts.resources;
		this.#stop = parts.stop;
		this.#onProgress = parts.onProgress;
	}

	get signal(): AbortSignal {
		return this.#stop.signal;
	}

	get origins(): readonly string[] {
		return [...this.#origins];
	}

	/** What the handler asked, even if it caught the exception that ends the run. */
	get asked(): readonly QuestionDraft[] | undefined {
		return this.#asked;
	}

	// Handlers take apart what they are given (`run(input, { progress, fetch })`), so each of these is bound.
	readonly progress = ({ percent, text, partial }: StepProgress): void => {
		this.#onProgress({
			...(percent === undefined || Number.isNaN(percent) ? {} : { percent: Math.min(100, Math.max(0, percent)) }),
			...(text === undefined ? {} : { text: text.slice(0, MAX_TEXT_LENGTH) }),
			...(partial === undefined ? {} : { partial: partial.slice(0, MAX_PARTIAL_LENGTH) }),
		});
	};

	readonly taint = (origin: string): void => {
		this.#origins.add(origin);
	};

	readonly saveArtifact = (file: { name: string; type: string; content: Uint8Array }): Promise<ArtifactRef> => {
		return this.#resources.artifacts.put({ ...file, owner: { person: this.person, task: this.taskId } });
	};

	readonly readArtifact = async (id: string): Promise<{ ref: ArtifactRef; content: Uint8Array }> => {
		const found = await this.#resources.artifacts.get(asArtifactId(id));
		// Another person's file is as good as none.
		if (found === undefined || found.owner.person !== this.person) {
			throw new CoreError('unknown-artifact', `There is no file "${id.slice(0, 100)}".`, {
				hint: 'Name a file that was attached to this task or made by one of its steps.',
			});
		}
		return { ref: found.ref, content: found.content };
	};

	readonly fetch = (url: string, init?: FetchInit): Promise<Response> => {
		// A stopped run lets go of its requests, whatever its handler does.
		const signal = init?.signal === undefined ? this.signal : AbortSignal.any([this.signal, init.signal]);
		return this.#resources.fetch(url, { ...init, signal });
	};

	readonly ask = (questions: readonly QuestionDraft[]): never => {
		if (questions.length === 0) throw new TypeError('ask() needs at least one question.');
		this.#asked = questions;
		throw new Asked();
	};
}

const MAX_TEXT_LENGTH = 500;
const MAX_PARTIAL_LENGTH = 65_536;

class Asked extends Error {
	constructor() {
		super('The run ends here with questions.');
		this.name = 'Asked';
	}
}

/** StopSwitch makes its AbortSignal only when a handler looks at it, because most inline runs never do. */
export class StopSwitch {
	#controller: AbortController | undefined;
	#reason: DOMException | undefined;

	get signal(): AbortSignal {
		if (this.#controller === undefined) {
			this.#controller = new AbortController();
			if (this.#reason !== undefined) this.#controller.abort(this.#reason);
		}
		return this.#controller.signal;
	}

	stop(reason: DOMException): void {
		this.#reason ??= reason;
		this.#controller?.abort(this.#reason);
	}
}
