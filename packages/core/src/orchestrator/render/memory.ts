import { shortened } from '../../domain/shortened.ts';
import type { FoundMemory, MemoryEntry } from '../../ports/memory.ts';

const MAX_LINE = 200;

/** rememberedReply says what was noted, and how to take it back. */
export function rememberedReply({ id }: MemoryEntry): string {
	return `Remembered, as entry ${id}. \`/forget ${id}\` takes it back.`;
}

/** memoryReply lists what is remembered, newest first. */
export function memoryReply({ entries, next }: { entries: readonly MemoryEntry[]; next?: string | undefined }): string {
	if (entries.length === 0) return 'I remember nothing of you yet. Tell me: `/remember I prefer aisle seats`.';
	const more = next === undefined ? '' : '\n\nThere is more; `/memory words` looks for it.';
	return `What I remember of you, newest first:\n\n${entries.map(memoryLine).join('\n')}${more}\n\n\`/forget ${entries[0]?.id ?? 1}\` forgets one.`;
}

/** foundReply lists what was found in the memory, best first. */
export function foundReply(found: readonly FoundMemory[]): string {
	if (found.length === 0) return 'I find nothing of that in what I remember of you.';
	return `What I remember of that:\n\n${found.map(({ entry }) => memoryLine(entry)).join('\n')}`;
}

/** whichReply asks which entry is to be forgotten. */
export function whichReply(found: readonly FoundMemory[]): string {
	if (found.length === 0) return 'I find nothing of that in what I remember of you, so there is nothing to forget.';
	const first = found[0]?.entry.id ?? '1';
	return `Which one is to be forgotten? Write \`/forget ${first}\`, say.\n\n${found.map(({ entry }) => memoryLine(entry)).join('\n')}`;
}

function memoryLine({ id, kind, text, at }: MemoryEntry): string {
	const line = shortened(text.replace(/\s+/g, ' ').trim(), MAX_LINE);
	const day = new Date(at).toISOString().slice(0, 10);
	return `- **${id}** ${line} (${kind === 'fact' ? 'you told me' : 'I found'}, ${day})`;
}
