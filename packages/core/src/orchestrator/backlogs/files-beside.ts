import type { BacklogCommand } from '../../domain/backlog/commands.ts';
import type { ComplexityReport } from '../../domain/backlog/item.ts';
import { type Backlog, tagNamed } from '../../domain/backlog/state.ts';
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

/** FilesBeside keeps what stands beside a project's tasks.json in step: the current tag, the complexity reports, and the language. */
export class FilesBeside {
	readonly #deps: Dependencies;
	readonly #place: { readonly stream: StreamId; readonly root: string };
	#seen: string | undefined;
	#tag: string | undefined;
	#language: string | undefined;
	readonly #reports = new Map<string, ComplexityReport>();
	#begun = false;
	#isKept = true;

	constructor(deps: Dependencies, place: { readonly stream: StreamId; readonly root: string }) {
		this.#deps = deps;
		this.#place = place;
	}

	/** Whether what changed was written. */
	get isKept(): boolean {
		return this.#isKept;
	}

	/** Takes over the tag that another program made the current one, and on first use its reports and language. Never rejects. */
	async notice(): Promise<void> {
		const { root, stream } = this.#place;
		try {
			if (!this.#begun) await Promise.all([this.#takeReports(), this.#takeLanguage()]);
			const mark = await this.#deps.files.markOf(root, PROJECT_FILES.state);
			if (this.#begun && mark?.id === this.#seen) return;
			const tag = (await this.#read(PROJECT_FILES.state))['currentTag'];
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
			if (backlog.settings.language !== this.#language) await this.#writeLanguage(backlog.settings.language);
			for (const { name, report } of backlog.tags) {
				if (report === undefined || this.#reports.get(name) === report) continue;
				this.#reports.set(name, report);
				await this.#deps.files.write(this.#place.root, reportPath(name), pretty(report));
			}
			this.#isKept = true;
		} catch (error) {
			this.#isKept = false;
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
			const file = await files.read(root, reportPath(tag));
			const report = file === undefined ? undefined : readReport(file.text);
			if (report !== undefined) await backlogs.handle(stream, { type: 'TakeReport', at: clock.now(), tag, report });
		}
	}

	/** English is what other programs write where nobody has chosen anything. */
	async #takeLanguage(): Promise<void> {
		const { backlogs, clock } = this.#deps;
		const { stream } = this.#place;
		const language = globalOf(await this.#read(PROJECT_FILES.config))['responseLanguage'];
		const backlog = await backlogs.state(stream);
		if (backlog === undefined || backlog.settings.language !== undefined) return;
		if (typeof language !== 'string' || ['', 'english'].includes(language.trim().toLowerCase())) return;
		await backlogs.handle(stream, { type: 'ChangeSettings', at: clock.now(), settings: { language: language.trim() } });
	}

	/** What was there when it was opened is not written again. */
	#begin(backlog: Backlog | undefined): void {
		if (this.#begun || backlog === undefined) return;
		this.#begun = true;
		this.#tag = backlog.currentTag;
		this.#language = backlog.settings.language;
		for (const { name, report } of backlog.tags) if (report !== undefined) this.#reports.set(name, report);
	}

	async #writeTag(currentTag: string): Promise<void> {
		const { files, clock } = this.#deps;
		const lastSwitched = new Date(clock.now()).toISOString();
		const text = pretty({ ...(await this.#read(PROJECT_FILES.state)), currentTag, lastSwitched });
		this.#seen = (await files.write(this.#place.root, PROJECT_FILES.state, text))?.id;
		this.#tag = currentTag;
	}

	async #writeLanguage(responseLanguage: string | undefined): Promise<void> {
		if (responseLanguage !== undefined) {
			const config = await this.#read(PROJECT_FILES.config);
			const text = pretty({ ...config, global: { ...globalOf(config), responseLanguage } });
			await this.#deps.files.write(this.#place.root, PROJECT_FILES.config, text);
		}
		this.#language = responseLanguage;
	}

	/** Whatever other programs keep in the file stays there. */
	async #read(path: string): Promise<JsonObject> {
		const file = await this.#deps.files.read(this.#place.root, path);
		return file === undefined ? {} : readObject(file.text);
	}

	#warn(error: unknown): void {
		if (isCoreError(error, 'shutting-down')) return;
		this.#deps.log.warn('file beside the tasks not kept', { ...this.#place, error: describeError(error) });
	}
}

function globalOf({ global = null }: JsonObject): JsonObject {
	return isJsonObject(global) ? global : {};
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
