import type { BacklogCommand } from '../../domain/backlog/commands.ts';
import type { ComplexityReport } from '../../domain/backlog/item.ts';
import { type Backlog, FIRST_TAG, tagNamed } from '../../domain/backlog/state.ts';
import { describeError, isCoreError } from '../../domain/errors.ts';
import type { StreamId } from '../../domain/ids.ts';
import { isJsonObject, type JsonObject } from '../../domain/json.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IProjectFiles } from '../../ports/project-files.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import { PROJECT_FILES, reportPath } from './project-files-of.ts';
import { readReport } from './read-report.ts';

interface Dependencies {
	readonly backlogs: Pick<CommandHandler<Backlog, BacklogCommand, never>, 'handle' | 'state'>;
	readonly files: IProjectFiles;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** FilesBeside keeps what stands beside a project's tasks.json in step: which tag is the current one, and the complexity reports. */
export class FilesBeside {
	readonly #deps: Dependencies;
	readonly #place: { readonly stream: StreamId; readonly root: string };
	#seen: string | undefined;
	#tag: string | undefined;
	readonly #reports = new Map<string, ComplexityReport>();
	#begun = false;

	constructor(deps: Dependencies, place: { readonly stream: StreamId; readonly root: string }) {
		this.#deps = deps;
		this.#place = place;
	}

	/** Takes over the tag that another program made the current one, and on first use its reports. Never rejects. */
	async notice(): Promise<void> {
		const { root, stream } = this.#place;
		try {
			if (!this.#begun) await this.#takeReports();
			const mark = await this.#deps.files.markOf(root, PROJECT_FILES.state);
			if (this.#begun && mark?.id === this.#seen) return;
			const tag = (await this.#settings())['currentTag'];
			const backlog = await this.#deps.backlogs.state(stream);
			this.#begin(backlog);
			this.#seen = mark?.id;
			if (backlog === undefined || typeof tag !== 'string' || tag === backlog.currentTag) return;
			if (tagNamed(backlog, tag) === undefined) return;
			this.#tag = tag;
			await this.#deps.backlogs.handle(stream, { type: 'ChooseTag', at: this.#deps.clock.now(), tag });
		} catch (error) {
			this.#warn(error);
		}
	}

	/** Writes what changed. Never rejects: all of it stands in the backlog's history. */
	async keep(backlog: Backlog): Promise<void> {
		this.#begin(backlog);
		try {
			if (backlog.currentTag !== this.#tag) await this.#writeTag(backlog.currentTag);
			for (const { name, report } of backlog.tags) {
				if (report === undefined || this.#reports.get(name) === report) continue;
				this.#reports.set(name, report);
				await this.#deps.files.write(this.#place.root, reportPath(name, FIRST_TAG), pretty(report));
			}
		} catch (error) {
			this.#warn(error);
		}
	}

	/** A report that is there before the backlog has one of its own. */
	async #takeReports(): Promise<void> {
		const { backlogs, files, clock } = this.#deps;
		const { root, stream } = this.#place;
		const backlog = await backlogs.state(stream);
		for (const { name: tag, report: own } of backlog?.tags ?? []) {
			if (own !== undefined) continue;
			const file = await files.read(root, reportPath(tag, FIRST_TAG));
			const report = file === undefined ? undefined : readReport(file.text);
			if (report !== undefined) await backlogs.handle(stream, { type: 'TakeReport', at: clock.now(), tag, report });
		}
	}

	/** What was there when it was opened is not written again. */
	#begin(backlog: Backlog | undefined): void {
		if (this.#begun || backlog === undefined) return;
		this.#begun = true;
		this.#tag = backlog.currentTag;
		for (const { name, report } of backlog.tags) if (report !== undefined) this.#reports.set(name, report);
	}

	async #writeTag(currentTag: string): Promise<void> {
		const { files, clock } = this.#deps;
		const lastSwitched = new Date(clock.now()).toISOString();
		const text = pretty({ ...(await this.#settings()), currentTag, lastSwitched });
		this.#seen = (await files.write(this.#place.root, PROJECT_FILES.state, text))?.id;
		this.#tag = currentTag;
	}

	/** Whatever other programs keep in the file stays there. */
	async #settings(): Promise<JsonObject> {
		const file = await this.#deps.files.read(this.#place.root, PROJECT_FILES.state);
		return file === undefined ? {} : readObject(file.text);
	}

	#warn(error: unknown): void {
		if (isCoreError(error, 'shutting-down')) return;
		this.#deps.log.warn('file beside the tasks not kept', { ...this.#place, error: describeError(error) });
	}
}

/** readObject reads JSON that should be an object; anything else is an empty one. */
export function readObject(text: string): JsonObject {
	try {
		const value: unknown = JSON.parse(text);
		return isJsonObject(value) ? value : {};
	} catch {
		return {};
	}
}

/** pretty is JSON as people and other programs keep it in files. */
export function pretty(value: unknown): string {
	return `${JSON.stringify(value, undefined, 2)}\n`;
}
