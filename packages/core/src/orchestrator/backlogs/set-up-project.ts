import { CoreError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { IProjectFiles, IProjectFolders } from '../../ports/project-files.ts';
import { EDITOR_RULES, type EditorName, isEditorName, rulesWith, rulesWithout } from './editor-rules.ts';
import { EXAMPLE_DOCUMENT } from './example-document.ts';
import { pretty, readObject } from './files-beside.ts';
import { PROJECT_FILES } from './project-files-of.ts';

interface Places {
	readonly files: IProjectFiles;
	readonly folders: IProjectFolders;
}

/** setUpProject makes what a backlog needs in a project's folder; what is there stays as it is. */
export async function setUpProject(
	{ files, folders }: Places,
	root: string,
	{ name, initGit, rules }: { readonly name: string; readonly initGit: boolean; readonly rules: readonly string[] },
): Promise<JsonObject> {
	const editors = knownEditors(rules);
	const made: string[] = [];
	const texts: readonly (readonly [string, string])[] = [
		[
			PROJECT_FILES.config,
			pretty({ global: { projectName: name, defaultTag: 'master', responseLanguage: 'English' } }),
		],
		[PROJECT_FILES.state, pretty({ currentTag: 'master' })],
		[PROJECT_FILES.tasks, pretty({ master: { tasks: [], metadata: {} } })],
		[PROJECT_FILES.exampleDocument, EXAMPLE_DOCUMENT],
		[
			'.taskmaster/docs/README.md',
			'Requirements documents stand here: `prd.md` or `prd.txt` is the one that tasks are made of.\n',
		],
	];
	for (const [path, text] of texts) {
		if (path === PROJECT_FILES.tasks && (await files.markOf(root, PROJECT_FILES.oldTasks)) !== undefined) continue;
		if ((await files.write(root, path, text, { over: null })) !== undefined) made.push(path);
	}
	if (initGit && (await folders.initGit(root))) made.push('.git');
	made.push(...(await addRules(files, root, editors)));
	const message = made.length === 0 ? 'Everything was there already.' : `Made ${made.join(', ')}.`;
	return { message, projectRoot: root, made };
}

/** changeRules adds editors' rule files or takes them away; what others wrote into them stays. */
export async function changeRules(
	files: IProjectFiles,
	root: string,
	{ action, profiles }: { readonly action: string; readonly profiles: readonly string[] },
): Promise<JsonObject> {
	const editors = knownEditors(profiles);
	if (editors.length === 0) {
		throw new CoreError('invalid-input', 'No editor was named.', { hint: `There are ${known()}.` });
	}
	const changed = action === 'add' ? await addRules(files, root, editors) : await removeRules(files, root, editors);
	const did = action === 'add' ? 'Wrote' : 'Took the rules out of';
	const message = changed.length === 0 ? 'Nothing had to be changed.' : `${did} ${changed.join(', ')}.`;
	return { message, profiles: editors, files: changed };
}

/** settingsOf reads a project's config.json. */
export async function settingsOf(files: IProjectFiles, root: string): Promise<JsonObject> {
	const file = await files.read(root, PROJECT_FILES.config);
	return file === undefined ? {} : readObject(file.text);
}

/** writeSettings replaces a project's config.json. */
export async function writeSettings(files: IProjectFiles, root: string, settings: JsonObject): Promise<void> {
	await files.write(root, PROJECT_FILES.config, pretty(settings));
}

async function addRules(files: IProjectFiles, root: string, editors: readonly EditorName[]): Promise<string[]> {
	const written: string[] = [];
	for (const editor of editors) {
		const { path } = EDITOR_RULES[editor];
		const before = (await files.read(root, path))?.text;
		const after = rulesWith(editor, before);
		if (after === before) continue;
		await files.write(root, path, after);
		if (!written.includes(path)) written.push(path);
	}
	return written;
}

async function removeRules(files: IProjectFiles, root: string, editors: readonly EditorName[]): Promise<string[]> {
	const changed: string[] = [];
	for (const editor of editors) {
		const { path } = EDITOR_RULES[editor];
		const before = (await files.read(root, path))?.text;
		const after = rulesWithout(editor, before);
		if (before === undefined || after === before) continue;
		if (after === undefined) await files.remove(root, path);
		else await files.write(root, path, after);
		changed.push(path);
	}
	return changed;
}

function knownEditors(names: readonly string[]): EditorName[] {
	return [...new Set(names.map((name) => name.trim().toLowerCase()))].filter((name): name is EditorName => {
		if (isEditorName(name)) return true;
		throw new CoreError('invalid-input', `There are no rules for "${name.slice(0, 50)}".`, {
			hint: `There are ${known()}.`,
		});
	});
}

function known(): string {
	return Object.keys(EDITOR_RULES).join(', ');
}
