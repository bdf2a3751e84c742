import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { WorkflowDefinition } from '@errand/core/domain/workflow/definition.ts';
import { readDeclaration } from '@errand/core/planning/declared-capability.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { ICapabilitySource } from '@errand/core/ports/capability-source.ts';
import { ChangeListeners } from '@errand/core/ports/change-listeners.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { FolderWatch } from './folder-watch.ts';
import { moduleCapability } from './module-capability.ts';
import { findModules } from './module-files.ts';
import type { ModuleCode } from './module-loader.ts';
import { type ProbeReport, probeModule } from './probe-module.ts';

/** ModuleSourceOptions say which modules there are, and where their code is kept. */
export interface ModuleSourceOptions {
	/** Files, folders and patterns. */
	readonly modules: readonly string[];
	/** A folder of this process, for code as it was when it was read. */
	readonly localDir: string;
	/** For compiled code. */
	readonly cacheDir: string;
	readonly log: ILogger;
}

interface Loaded {
	readonly build: string;
	readonly capabilities: readonly ICapability[];
	readonly workflows: readonly WorkflowDefinition[];
}

interface Module {
	/** What it brings: as of when it last loaded well. */
	loaded: Loaded | undefined;
	/** The code that was tried last, whether it loaded or not. */
	tried: ModuleCode;
}

/**
 * ModuleSource brings the capabilities and workflows of the operator's modules. A file that changed is read again a moment later:
 * new runs use the new code, those under way end with the old. What does not load is said, and what it brought before stays.
 */
export class ModuleSource implements ICapabilitySource {
	readonly name = 'modules';
	readonly #options: ModuleSourceOptions;
	readonly #modules = new Map<string, Module>();
	readonly #listeners = new ChangeListeners();
	readonly #watch: FolderWatch;
	#capabilities: readonly ICapability[] = [];
	#reading: Promise<void> | undefined;
	#again = false;

	constructor(options: ModuleSourceOptions) {
		this.#options = options;
		this.#watch = new FolderWatch(() => void this.read(), options.log);
	}

	/** Reads what has changed; resolves once everything was tried. */
	read(): Promise<void> {
		if (this.#reading !== undefined) this.#again = true;
		this.#reading ??= this.#readAll().finally(() => {
			this.#reading = undefined;
			if (!this.#again) return;
			this.#again = false;
			void this.read();
		});
		return this.#reading;
	}

	capabilities(): readonly ICapability[] {
		return this.#capabilities;
	}

	/** The workflows that modules bring, the newest version of each. */
	workflows(): readonly WorkflowDefinition[] {
		return [...this.#modules.values()].flatMap(({ loaded }) => loaded?.workflows ?? []);
	}

	missing(): ReadonlyMap<string, string> {
		return new Map();
	}

	onChange(listener: () => void): () => void {
		return this.#listeners.add(listener);
	}

	/** Modules keep nothing for a task. */
	async endTask(): Promise<void> {}

	async stop(): Promise<void> {
		this.#watch.stop();
		await this.#reading;
	}

	async #readAll(): Promise<void> {
		const { files, folders } = findModules(this.#options.modules);
		let changed = false;
		for (const file of this.#modules.keys()) if (!files.includes(file)) changed = this.#modules.delete(file) || changed;
		// One after the other: each takes a process.
		for (const file of files) changed = (await this.#readOne(file)) || changed;
		const used = [...this.#modules.values()].flatMap(({ tried }) =>
			Object.keys(tried).map((url) => fileURLToPath(url)),
		);
		this.#watch.watch(new Set([...folders, ...[...files, ...used].map((file) => dirname(file))]));
		if (!changed) return;
		this.#capabilities = [...this.#modules.values()].flatMap(({ loaded }) => loaded?.capabilities ?? []);
		this.#listeners.tell();
	}

	async #readOne(file: string): Promise<boolean> {
		const known = this.#modules.get(file);
		if (known !== undefined && isStill(known.tried)) return false;
		const { log, cacheDir } = this.#options;
		const module: Module = known ?? { loaded: undefined, tried: {} };
		this.#modules.set(file, module);
		const report = await probeModule(pathToFileURL(file).href, join(cacheDir, 'compile-cache'));
		// A file that could not even be read counts, too: it is tried again once it is another one.
		module.tried = { ...codeOf(file), ...report.code };
		if (report.kind === 'failed') {
			const { problem, line } = report;
			const kept = module.loaded !== undefined;
			log.error('module not loaded', { file: report.file ?? file, line, problem, keepsWhatItBroughtBefore: kept });
			return false;
		}
		const before = module.loaded;
		module.loaded = this.#take(file, report);
		const names = module.loaded.capabilities.map(({ name }) => name);
		log.info('module loaded', { file, capabilities: names, build: module.loaded.build.slice(0, 8) });
		return before?.build !== module.loaded.build;
	}

	#take(file: string, report: Extract<ProbeReport, { kind: 'read' }>): Loaded {
		const { localDir, log } = this.#options;
		const url = pathToFileURL(file).href;
		const text = JSON.stringify(report.code);
		const build = hash('sha256', text, 'hex').slice(0, 32);
		const folder = join(localDir, 'modules');
		const code = join(folder, `${build}.json`);
		mkdirSync(folder, { recursive: true });
		writeFileSync(code, text);
		const capabilities = report.declarations.flatMap((declared) => {
			const read = readDeclaration(declared);
			if (read.ok) return [moduleCapability(read.declaration, { url, code }, build)];
			log.error('capability of a module not understood', { file, problem: read.problem });
			return [];
		});
		return { build, capabilities, workflows: report.workflows };
	}
}

function isStill(code: ModuleCode): boolean {
	const files = Object.entries(code);
	return files.length > 0 && files.every(([url, text]) => textOf(fileURLToPath(url)) === text);
}

function codeOf(file: string): ModuleCode {
	return { [pathToFileURL(file).href]: textOf(file) ?? '' };
}

function textOf(file: string): string | undefined {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return undefined;
	}
}
