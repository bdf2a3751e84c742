import { DRAFT_LIMITS, type GivenItem, type Rewrite } from '@errand/core/planning/backlog/draft.ts';
import type { RunModel } from '@errand/core/ports/capability.ts';
import { askValue } from './ask-value.ts';
import { findingText, itemText, neighbourText } from './item-text.ts';
import { gaveNo, type ItemWork, type Made, replyRoom, wordsFor } from './item-work.ts';
import { ChangesReply, NotesReply } from './reply-shapes.ts';

/** rewriteByModel has a model change the words of items; it can change none but those it was given. */
export async function rewriteByModel(
	model: RunModel,
	items: readonly GivenItem[],
	work: ItemWork & {
		readonly mode: 'update' | 'scope-up' | 'scope-down';
		readonly strength: string;
	},
): Promise<Made<Rewrite[]>> {
	const { mode, strength, prompt, neighbours, findings } = work;
	const words = wordsFor(items, findings, prompt);
	const { changes } = await askValue(model, {
		purpose: mode === 'update' ? 'backlog.update' : 'backlog.scope',
		prompt: mode,
		told: mode === 'update' ? [] : [`Strength: ${strength}.`],
		said: prompt,
		given: [...items.map(itemText), ...neighbourText(neighbours), ...findingText(findings)],
		name: 'backlog_changes',
		schema: ChangesReply,
		maxTokens: replyRoom(model, 8_000),
	});
	const known = new Set(items.map(({ id }) => id));
	const made = changes.flatMap(({ id, title, description, details, testStrategy, priority }): Rewrite[] => {
		const own = String(id);
		if (!known.delete(own)) return [];
		const rewrite: Rewrite = {
			id: own,
			...field('title', title, (text) => words.line(text, DRAFT_LIMITS.title)),
			...field('description', description, (text) => words.markdown(text, DRAFT_LIMITS.description)),
			...field('details', details, (text) => words.markdown(text, DRAFT_LIMITS.details)),
			...field('testStrategy', testStrategy, (text) => words.markdown(text, DRAFT_LIMITS.test)),
			...(priority == null || mode !== 'update' ? {} : { priority }),
		};
		return Object.keys(rewrite).length > 1 ? [rewrite] : [];
	});
	return { made, warnings: words.warnings };
}

/** noteByModel has a model write a note for items. */
export async function noteByModel(
	model: RunModel,
	items: readonly GivenItem[],
	{ prompt, neighbours, findings }: ItemWork,
): Promise<Made<Rewrite[]>> {
	const words = wordsFor(items, findings, prompt);
	const { changes } = await askValue(model, {
		purpose: 'backlog.update',
		prompt: 'append',
		told: [],
		said: prompt,
		given: [...items.map(itemText), ...neighbourText(neighbours), ...findingText(findings)],
		name: 'backlog_notes',
		schema: NotesReply,
		maxTokens: replyRoom(model, 3_000),
	});
	const known = new Set(items.map(({ id }) => id));
	const made = changes.flatMap(({ id, note }): Rewrite[] => {
		const text = words.markdown(note, DRAFT_LIMITS.details);
		return known.delete(String(id)) && text !== '' ? [{ id: String(id), note: text }] : [];
	});
	if (made.length === 0) throw gaveNo(model, 'a note');
	return { made, warnings: words.warnings };
}

function field<K extends string>(name: K, text: string | null | undefined, clean: (text: string) => string) {
	const cleaned = text == null ? '' : clean(text);
	return (cleaned === '' ? {} : { [name]: cleaned }) as { readonly [key in K]?: string };
}
