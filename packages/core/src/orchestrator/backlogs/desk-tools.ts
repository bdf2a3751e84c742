import { randomUUID } from 'node:crypto';
import { textArgument } from '../../domain/backlog/arguments.ts';
import type { BacklogCommand } from '../../domain/backlog/commands.ts';
import { itemsOf } from '../../domain/backlog/item-list.ts';
import { type Backlog, FIRST_TAG, tagNamed } from '../../domain/backlog/state.ts';
import { CoreError } from '../../domain/errors.ts';
import { asJson, type JsonObject } from '../../domain/json.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IProjectFiles, IProjectFolders } from '../../ports/project-files.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { CallOptions } from '../desks/backlog.ts';
import type { Principal } from '../desks/desk.ts';
import { itemFile, itemFileName } from './item-file.ts';
import { chosenModels, configWith, type ModelChoice, modelsAnswer } from './model-settings.ts';
import type { OpenProject } from './open-project.ts';
import type { BacklogOperations } from './operations.ts';
import { PROJECT_FILES } from './project-files-of.ts';
import type { Projects } from './projects.ts';
import type { ItemRuns } from './runs.ts';
import { changeRules, settingsOf, setUpProject, writeSettings } from './set-up-project.ts';
import { backlogIdOf, type MayOpen, nameOfFolder, openFolder } from './which-project.ts';

/** DeskParts is what tools of the desk work with. */
export interface DeskParts {
	readonly backlogs: Pick<CommandHandler<Backlog, BacklogCommand, never>, 'handle' | 'state'>;
	readonly projects: Projects;
	readonly operations: BacklogOperations;
	readonly runs: ItemRuns;
	readonly files: IProjectFiles;
	readonly folders: IProjectFolders;
	readonly mayOpen: MayOpen;
	/** Undefined where no model is set up. */
	readonly models?: ModelChoice | undefined;
	readonly clock: IClock;
	/** A tool of kind `change`, carried out on a project that is open. */
	readonly change: (principal: Principal, project: OpenProject, tool: string, args: JsonObject) => Promise<JsonObject>;
}

/** DeskCall is a call of such a tool. */
export interface DeskCall {
	readonly principal: Principal;
	readonly args: JsonObject;
	readonly options: CallOptions;
	/** The project that the call means, with what others changed in its files taken over. */
	project(): Promise<OpenProject>;
}

/** DeskTool carries one tool out with what only the desk has: files, runs, watchers, operations. */
export type DeskTool = (parts: DeskParts, call: DeskCall) => Promise<JsonObject>;

/** DESK_TOOLS are the tools that need more than the backlog's rules. */
export const DESK_TOOLS: Readonly<Record<string, DeskTool>> = {
	initialize_project: initialize,
	models: chooseModels,
	rules,
	generate,
	add_tag: addTagOfBranch,
	run_task: async ({ runs }, { principal, args, options, project }) => {
		const { conversation } = options;
		return runs.run(principal, await project(), {
			id: textArgument(args, 'id') ?? '',
			tag: textArgument(args, 'tag'),
			review: args['review'] === true,
			conversation,
		});
	},
	watch_task: watch,
	unwatch_task: unwatch,
	operation_status: async ({ operations }, { principal, args }) =>
		asJson(await operations.view(principal, textArgument(args, 'operationId') ?? '')),
	operation_cancel: async ({ operations }, { principal, args }) => {
		const view = await operations.cancel(principal, textArgument(args, 'operationId') ?? '');
		const message =
			view.status === 'cancelled' ? 'It was stopped; what was finished is kept.' : `It is ${view.status}.`;
		return { ...asJson(view), message };
	},
	list_backlogs: async ({ projects }, { principal }) => ({
		backlogs: asJson(await projects.list(principal.person)),
	}),
};

async function initialize(parts: DeskParts, { principal, args }: DeskCall): Promise<JsonObject> {
	const root = await openFolder(parts, principal, textArgument(args, 'projectRoot') ?? '');
	const name = nameOfFolder(root);
	const made = await setUpProject(parts, root, {
		name,
		initGit: args['initGit'] === true,
		rules: listOf(args, 'rules'),
	});
	const project = await parts.projects.open(principal, { projectRoot: root });
	await project.notice();
	return { ...made, backlogId: backlogIdOf(principal.person, root) };
}

async function chooseModels(parts: DeskParts, { principal, args, project }: DeskCall): Promise<JsonObject> {
	const { backlogs, models, files, clock } = parts;
	const open = await project();
	const chosen = chosenModels(args, (await models?.models(principal)) ?? []);
	const before = (await backlogs.state(open.stream))?.settings.models ?? {};
	if (Object.keys(chosen).length > 0) {
		const settings = { models: { ...before, ...chosen } };
		await backlogs.handle(open.stream, { type: 'ChangeSettings', at: clock.now(), settings });
		// What somebody chooses for most of their work is what Errand's own choice goes by.
		if (chosen.main !== undefined) await models?.pin(principal, chosen.main);
		if (open.root !== undefined) {
			await writeSettings(files, open.root, configWith(await settingsOf(files, open.root), chosen));
		}
	}
	return modelsAnswer(models, principal, { ...before, ...chosen }, { all: args['listAvailableModels'] === true });
}

async function rules(parts: DeskParts, { args, project }: DeskCall): Promise<JsonObject> {
	const root = folderOf(await project());
	return changeRules(parts.files, root, {
		action: textArgument(args, 'action') ?? 'add',
		profiles: listOf(args, 'profiles'),
	});
}

async function generate({ backlogs, files }: DeskParts, { args, project }: DeskCall): Promise<JsonObject> {
	const open = await project();
	const root = folderOf(open);
	const backlog = await backlogs.state(open.stream);
	const name = textArgument(args, 'tag') ?? backlog?.currentTag ?? FIRST_TAG;
	const tag = backlog === undefined ? undefined : tagNamed(backlog, name);
	if (tag === undefined) {
		throw new CoreError('not-found', `There is no tag "${name}".`, { hint: 'list_tags lists them.' });
	}
	const folder = (textArgument(args, 'output') ?? PROJECT_FILES.itemFiles).replace(/\/+$/, '');
	const written: string[] = [];
	for (const item of itemsOf(tag.items)) {
		const path = `${folder}/${itemFileName(item.id, name)}`;
		const text = itemFile(item);
		if ((await files.read(root, path))?.text !== text) await files.write(root, path, text);
		written.push(path);
	}
	const message = `Wrote ${written.length} file${written.length === 1 ? '' : 's'} to ${folder}.`;
	return { message, count: written.length, files: written };
}

async function addTagOfBranch(parts: DeskParts, { principal, args, project }: DeskCall): Promise<JsonObject> {
	const open = await project();
	const branch = await parts.folders.branch(folderOf(open));
	if (branch === undefined) {
		throw new CoreError('not-possible', 'No git branch is checked out in the project’s folder.', {
			hint: 'Check one out, or give the tag a name.',
		});
	}
	const name = textArgument(args, 'name') ?? branch.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '');
	return parts.change(principal, open, 'add_tag', { ...args, name, fromBranch: false });
}

async function watch({ backlogs, clock }: DeskParts, { principal, args, options, project }: DeskCall) {
	const open = await project();
	const { person } = principal;
	const tag = textArgument(args, 'tag');
	const item = textArgument(args, 'id');
	const { conversation } = options;
	const command = { type: 'Watch', at: clock.now(), watchId: randomUUID(), person, tag, item, conversation } as const;
	const { state } = await backlogs.handle(open.stream, command);
	const named = tag ?? state?.currentTag;
	const kept = state?.watches.find((one) => one.person === person && one.tag === named && one.item === item);
	const what = item === undefined ? `any task of "${named}"` : `task ${item}`;
	return { watchId: kept?.id ?? command.watchId, message: `You will be told when ${what} changes.` };
}

async function unwatch({ backlogs, clock }: DeskParts, { principal, args, project }: DeskCall) {
	const open = await project();
	const { person } = principal;
	const [tag, item, watchId] = [textArgument(args, 'tag'), textArgument(args, 'id'), textArgument(args, 'watchId')];
	await backlogs.handle(open.stream, { type: 'Unwatch', at: clock.now(), person, tag, item, watchId });
	return { message: 'You will not be told of it any more.' };
}

function folderOf({ root }: OpenProject): string {
	if (root !== undefined) return root;
	throw new CoreError('not-possible', 'This backlog has no folder.', { hint: 'Name a project by its folder.' });
}

function listOf(args: JsonObject, name: string): string[] {
	const value = args[name];
	return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
