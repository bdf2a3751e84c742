import type { Json, JsonObject } from '../../json.ts';
import type { ComplexityReport, Item } from '../item.ts';
import { itemInFile } from '../render-tasks-file.ts';

/** itemView is an item as clients see it: as files hold it, with its complexity score where there is a report. */
export function itemView(item: Item, report: ComplexityReport | undefined): JsonObject {
	const view = plain(itemInFile(item));
	const score = scoreOf(report, item.id);
	return score === undefined ? view : { ...view, complexityScore: score };
}

/** listView is an item in a list: without its subtasks unless asked for, without its long texts where `short`. */
export function listView(
	item: Item,
	report: ComplexityReport | undefined,
	{ withSubtasks, short }: { readonly withSubtasks: boolean; readonly short: boolean },
): JsonObject {
	const { subtasks, details, testStrategy, ...rest } = itemView(item, report);
	const texts = short ? {} : { details: details ?? '', testStrategy: testStrategy ?? '' };
	const parts: Json = short && Array.isArray(subtasks) ? subtasks.map(withoutTexts) : (subtasks ?? []);
	return { ...rest, ...texts, ...(withSubtasks ? { subtasks: parts } : {}) };
}

/** compactView is what tells items apart, in few words. */
export function compactView(item: Item, report: ComplexityReport | undefined, withSubtasks: boolean): JsonObject {
	const { id, title, status, priority, dependencies, subtasks } = item;
	const score = scoreOf(report, id);
	return {
		id,
		title,
		status,
		priority,
		dependencies,
		...(score === undefined ? {} : { complexityScore: score }),
		...(subtasks.length === 0 ? {} : { subtaskCount: subtasks.length, subtasksDone: doneOf(subtasks) }),
		...(withSubtasks
			? { subtasks: subtasks.map((sub) => ({ id: sub.id, title: sub.title, status: sub.status })) }
			: {}),
	};
}

const doneOf = (subtasks: Item['subtasks']) => subtasks.filter(({ status }) => status === 'done').length;

/** scoreOf is an item's complexity score. */
export function scoreOf(report: ComplexityReport | undefined, id: number): number | undefined {
	if (report === undefined) return undefined;
	let scores = scoresOf.get(report);
	if (scores === undefined) {
		scores = new Map(report.complexityAnalysis.map((one) => [one.taskId, one.complexityScore]));
		scoresOf.set(report, scores);
	}
	return scores.get(id);
}

const scoresOf = new WeakMap<ComplexityReport, ReadonlyMap<number, number>>();

function withoutTexts(sub: Json): Json {
	if (typeof sub !== 'object' || sub === null || Array.isArray(sub)) return sub;
	const { details: _, testStrategy: __, ...rest } = sub as JsonObject;
	return rest;
}

/** plain drops members that are undefined, which JSON cannot say. */
export function plain(value: object): JsonObject {
	return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as JsonObject;
}
