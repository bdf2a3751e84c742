import type { ModelHealth } from '@errand/core/ports/model-view.ts';
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { modelNotice } from '../fold/model-notice.ts';
import { type Api, createApi } from './api.ts';
import { type Connection, connect } from './connection.ts';
import { type Conversation, createConversation } from './conversation.ts';
import { createRouter, type Router } from './route.ts';
import { createSaid } from './said.ts';
import { createTaskList, type TaskList } from './task-list.ts';
import { createTasks, type Tasks } from './tasks.ts';
import { repeatWhileVisible } from './while-visible.ts';

/** Tasks begin and end elsewhere, too: by a text, at another page, on a schedule. Nothing tells the page of those. */
const LIST_EVERY_MS = 10_000;

/** Stores are everything the views read and act through. */
export interface Stores {
	readonly api: Api;
	readonly router: Router;
	readonly session: ReadonlySignal<'unknown' | 'in' | 'out'>;
	readonly connection: Connection;
	readonly conversation: Conversation;
	readonly tasks: Tasks;
	readonly list: TaskList;
	/** That a model which work under way may need fails, or is back. */
	readonly modelNews: ReadonlySignal<string>;
	/** What stands in the composer, unsent. */
	readonly draft: Signal<string>;
	login(code: string): Promise<void>;
	logout(): Promise<void>;
}

/** createStores wires the page together: what the line says goes to the stores, and a new connection lets them catch up. */
export function createStores(): Stores {
	const session = signal<'unknown' | 'in' | 'out'>('unknown');
	const api = createApi(() => {
		session.value = 'out';
	});
	const conversation = createConversation(api);
	const list = createTaskList(api);
	const { words: modelNews, say } = createSaid();
	const models = new Map<string, ModelHealth>();
	const connection = connect({
		online: () => {
			session.value = 'in';
			tasks.catchUp();
			list.refresh();
			void conversation.refresh();
		},
		loggedOut: () => {
			session.value = 'out';
		},
		conversation: (id) => conversation.open(id),
		reply: (id, seq, reply) => {
			conversation.add(id, { kind: 'reply', seq, at: Date.now(), reply });
			list.refresh();
		},
		fact: (taskId, fact) => tasks.takeFact(taskId, fact),
		progress: (taskId, progress) => tasks.takeProgress(taskId, progress),
		model: (name, health) => {
			const words = modelNotice(models.get(name), health, name);
			models.set(name, health);
			if (words !== undefined && list.rows.peek().some(({ endedAt }) => endedAt === undefined)) say(words);
		},
	});
	const tasks = createTasks(connection, (task) => list.update(task));
	repeatWhileVisible(
		() => {
			if (session.peek() === 'in') list.refresh();
		},
		LIST_EVERY_MS,
		document,
	);
	return {
		api,
		router: createRouter(),
		session,
		connection,
		conversation,
		tasks,
		list,
		modelNews,
		draft: signal(''),
		login: async (code) => {
			await api.login(code);
			connection.restart();
		},
		logout: async () => {
			await api.logout();
			location.assign('/');
		},
	};
}

const StoresContext = createContext<Stores | undefined>(undefined);

/** StoresProvider hands the stores down to every view. */
export const StoresProvider = StoresContext.Provider;

/** useStores gives a view the stores. */
export function useStores(): Stores {
	const stores = useContext(StoresContext);
	if (stores === undefined) throw new Error('A view was drawn outside of StoresProvider.');
	return stores;
}
