import type { ItemStatus } from '@errand/core/domain/backlog/item.ts';
import type { JsonObject } from '@errand/core/domain/json.ts';
import type { BacklogChange } from '@errand/core/orchestrator/desks/backlog.ts';
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Card, type Cards, cardsOf, withChange } from '../../fold/board/cards.ts';
import { type CardFilter, columnsOf, doneIn, type IsDone, NO_FILTER, STATUS_WORDS } from '../../fold/board/columns.ts';
import { answered, begun, ended, heard, type Moves } from '../../fold/board/moves.ts';
import { partsNeeded, withParts } from '../../fold/board/parts.ts';
import { type Problem, problemOf } from '../problem.ts';
import { createSaid } from '../said.ts';
import type { BacklogApi, TagCount } from './backlog-api.ts';
import { type BoardWork, createBoardWork } from './board-work.ts';

/** Board is one backlog as it stands, kept so by what the server tells of every change. */
export interface Board {
	readonly api: BacklogApi;
	readonly work: BoardWork;
	/** The tag that is shown; undefined until the server said which is the current one. */
	readonly tag: ReadonlySignal<string | undefined>;
	readonly tags: ReadonlySignal<readonly TagCount[]>;
	readonly cards: ReadonlySignal<Cards>;
	/** All items were read. */
	readonly loaded: ReadonlySignal<boolean>;
	readonly columns: ReadonlySignal<Readonly<Record<ItemStatus, readonly Card[]>>>;
	readonly filter: Signal<CardFilter>;
	readonly isDone: ReadonlySignal<IsDone>;
	/** What to work on next: `5`, or `5.2`. */
	readonly next: ReadonlySignal<string | undefined>;
	readonly problem: ReadonlySignal<Problem | undefined>;
	/** What was done just now, in words. */
	readonly done: ReadonlySignal<string>;
	show(tag: string): void;
	/** Puts a card into another column. */
	move(id: number, to: ItemStatus): Promise<void>;
	/** Carries out a tool on the tag that is shown; `words` say what was done. */
	act<T = JsonObject>(tool: string, args: JsonObject, words: string): Promise<T>;
	/** Keeps it as it stands until the returned function is called. */
	watch(): () => void;
}

const SOON_MS = 120;
/** Word of a move comes within this time; if not, nothing came of it. */
const WORD_MS = 4_000;
/** Items whose subtasks are looked into because others depend on them. */
const MOST_LOOKED_INTO = 100;

/** createBoard keeps a backlog. */
export function createBoard(api: BacklogApi): Board {
	const tag = signal<string | undefined>(undefined);
	const tags = signal<readonly TagCount[]>([]);
	const cards = signal<Cards>(new Map());
	const moves = signal<Moves>(new Map());
	const parts = signal<ReadonlyMap<string, ItemStatus>>(new Map());
	const filter = signal<CardFilter>(NO_FILTER);
	const loaded = signal(false);
	const next = signal<string | undefined>(undefined);
	const problem = signal<Problem | undefined>(undefined);
	const { words: done, say } = createSaid();
	const isDone = computed(() => doneIn(cards.value, parts.value));
	const columns = computed(() => {
		const to = new Map([...moves.value].map(([id, move]) => [id, move.to]));
		return columnsOf(cards.value, { moves: to, filter: filter.value, isDone: isDone.value });
	});
	const work = createBoardWork(api);
	/** Changes that came while items were being read: they are newer than what was read. */
	let meanwhile: BacklogChange[] | undefined;
	let reading = 0;
	let soon: ReturnType<typeof setTimeout> | undefined;
	let readAgain = false;

	const guarded = async (reader: () => Promise<void>) => {
		try {
			await reader();
			problem.value = undefined;
		} catch (error) {
			problem.value = problemOf(error);
		}
	};
	const readTags = async () => {
		const now = await api.tags();
		tags.value = now.tags;
		const shown = tag.peek();
		if (shown === undefined || !now.tags.some(({ name }) => name === shown)) tag.value = now.currentTag;
	};
	const readNext = async () => {
		const shown = tag.peek();
		if (shown === undefined) return;
		const { nextTask } = await api.call<{ nextTask: { id: number | string } | null }>('next_task', { tag: shown });
		if (tag.peek() === shown) next.value = nextTask === null ? undefined : String(nextTask.id);
	};
	const readParts = async (ids: Iterable<number>) => {
		const shown = tag.peek();
		if (shown === undefined) return;
		for (const id of [...ids].slice(0, MOST_LOOKED_INTO)) {
			if (!cards.peek().has(id)) continue;
			const { subtasks } = await api.item(shown, id);
			if (tag.peek() === shown) parts.value = withParts(parts.peek(), id, subtasks);
		}
	};
	const readItems = async () => {
		const mine = ++reading;
		const since: BacklogChange[] = [];
		meanwhile = since;
		const shown = tag.peek();
		if (shown === undefined) return;
		const items: JsonObject[] = [];
		let cursor: string | undefined;
		do {
			const page = await api.items(shown, cursor);
			if (mine !== reading) return;
			items.push(...page.tasks);
			cursor = page.nextCursor;
			// The first look at a large backlog need not wait for the end of it.
			if (!loaded.peek() && cursor !== undefined) cards.value = since.reduce(withChange, cardsOf(items));
		} while (cursor !== undefined);
		meanwhile = undefined;
		batch(() => {
			cards.value = since.reduce(withChange, cardsOf(items));
			loaded.value = true;
		});
	};
	const readAll = () =>
		guarded(async () => {
			await readTags();
			await Promise.all([readItems(), readNext()]);
			await readParts(partsNeeded(cards.peek()));
		});
	const refreshSoon = () => {
		soon ??= setTimeout(() => {
			soon = undefined;
			const all = readAgain;
			readAgain = false;
			if (all) void readAll();
			else void guarded(async () => void (await Promise.all([readTags(), readNext()])));
		}, SOON_MS);
	};
	const hear = (change: BacklogChange) => {
		if (change.work === true) return work.refresh();
		const ofItems = change.items.length > 0 || change.removed.length > 0;
		if (change.tag === tag.peek()) {
			if (ofItems) take(change);
			else readAgain = true;
		}
		refreshSoon();
	};
	const take = (change: BacklogChange) => {
		meanwhile?.push(change);
		const ids = change.items.flatMap(({ id }) => (typeof id === 'number' ? [id] : []));
		batch(() => {
			cards.value = withChange(cards.peek(), change);
			moves.value = heard(moves.peek(), ids);
		});
		const needed = partsNeeded(cards.peek());
		const looked = ids.filter((id) => needed.has(id));
		if (looked.length > 0) void readParts(looked).catch(() => undefined);
	};
	const reset = () => {
		reading++;
		batch(() => {
			cards.value = new Map();
			moves.value = new Map();
			parts.value = new Map();
			next.value = undefined;
			loaded.value = false;
		});
	};
	return {
		...{ api, work, tag, tags, cards, loaded, columns, filter, isDone, next, problem, done },
		show: (name) => {
			if (name === tag.peek()) return;
			reset();
			tag.value = name;
			void readAll();
		},
		move: async (id, to) => {
			const shown = tag.peek();
			const card = cards.peek().get(id);
			if (shown === undefined || card === undefined) return;
			if ((moves.peek().get(id)?.to ?? card.status) === to) return;
			moves.value = begun(moves.peek(), id, to);
			try {
				await api.call('set_task_status', { tag: shown, id: String(id), status: to });
				say(`Moved #${id} to ${STATUS_WORDS[to]}.`);
				const move = moves.peek().get(id);
				moves.value = answered(moves.peek(), id);
				const stays = moves.peek().get(id);
				setTimeout(() => {
					if (move !== undefined && moves.peek().get(id) === stays) moves.value = ended(moves.peek(), id);
				}, WORD_MS);
			} catch (error) {
				moves.value = ended(moves.peek(), id);
				throw error;
			}
		},
		act: async <T>(tool: string, args: JsonObject, words: string) => {
			const shown = tag.peek();
			const answer = await api.call<T & { operationId?: string }>(
				tool,
				shown === undefined ? args : { tag: shown, ...args },
			);
			say(words);
			if (answer.operationId === undefined) work.refresh();
			else work.expect(answer.operationId);
			return answer;
		},
		watch: () => {
			const stopWork = work.watch();
			const catchUp = () => {
				void readAll();
				work.refresh();
			};
			// A refused connection does not say why; reading does.
			const stop = api.follow(hear, catchUp, () => void readAll());
			return () => {
				stop();
				stopWork();
				clearTimeout(soon);
			};
		},
	};
}
