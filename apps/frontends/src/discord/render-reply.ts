import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import type { Reply } from '@errand/core/ports/frontend.ts';
import { toDiscord } from '../chat/discord-markdown.ts';
import { questionText } from '../chat/question-text.ts';
import { splitFor } from '../chat/split-for.ts';
import type { DiscordPlace } from './places.ts';
import { type MessageRow, needsList, questionRows } from './question-components.ts';

/** What Discord takes: characters of a message, bytes of a file and of all files of a message. */
export const DISCORD_LIMITS = {
	text: 2_000,
	file: 10 * 1024 * 1024,
	filesOfMessage: 24 * 1024 * 1024,
	files: 10,
} as const;

/** NO_MENTIONS keeps a message from ringing anybody, whoever it names. */
export const NO_MENTIONS = { parse: [] };

/** RenderedPart is one message of a reply. */
export interface RenderedPart {
	readonly content: string;
	readonly rows: readonly MessageRow[];
	readonly files: readonly ArtifactRef[];
}

/** renderMessages makes a reply into what is sent: progress into one message, anything else into as many as it takes. */
export function renderMessages(reply: Reply, place: DiscordPlace, publicUrl?: string): RenderedPart[] {
	if (reply.kind === 'progress') return [{ content: renderProgress(reply), rows: [], files: [] }];
	return renderReply(reply, place, publicUrl);
}

/** messageBody is a part as Discord takes it; nobody is rung by it. */
export function messageBody({ content, rows }: Pick<RenderedPart, 'content' | 'rows'>) {
	return {
		content,
		allowed_mentions: NO_MENTIONS,
		...(rows.length === 0 ? {} : { components: [...rows] }),
	};
}

/** renderReply makes a reply into messages: the text first, what can be pressed under its last part, files with it and after. */
export function renderReply(reply: Reply, place: DiscordPlace, publicUrl?: string): RenderedPart[] {
	const rows = questionRows(reply, place);
	const { small, notes } = sortFiles(reply.artifacts ?? [], reply, publicUrl);
	const text = [wordsOf(reply, rows, place), notes].filter((part) => part !== '').join('\n\n');
	const contents = splitFor(text, { limit: DISCORD_LIMITS.text, render: toDiscord });
	const batches = batchesOf(small);
	const parts = contents.map((content, index) => {
		const last = index === contents.length - 1;
		return { content, rows: last ? rows : [], files: last ? (batches[0] ?? []) : [] };
	});
	const rest = batches.slice(1).map((files) => ({ content: '', rows: [], files }));
	return [...parts, ...rest].filter(({ content, files }) => content !== '' || files.length > 0);
}

/** renderProgress makes a reply into the one message that is edited: its beginning, if it is long. */
export function renderProgress(reply: Reply): string {
	const [first = '', ...more] = splitFor(reply.text, { limit: DISCORD_LIMITS.text - 2, render: toDiscord });
	return more.length === 0 ? first : `${first}\n…`;
}

function wordsOf(reply: Reply, rows: readonly MessageRow[], place: DiscordPlace): string {
	const { question, text } = reply;
	if (question === undefined) return text;
	const effect = question.effect?.summary ?? '';
	const asked = effect === '' || text.includes(effect) ? text : `${text}\n\n${effect}`;
	if (question.kind === 'secret') {
		const elsewhere = place.kind === 'shared' ? ' Do not write it here, where others read along.' : '';
		return `${asked}\n\nUse the button below: what you enter there is kept secret.${elsewhere}`;
	}
	const written = question.kind !== 'text' && (rows.length === 0 || needsList(question));
	return written ? questionText({ ...question, text: asked, effect: undefined }) : asked;
}

/** Files beyond the limit of the platform are named, with the page that has them where there is one. */
function sortFiles(artifacts: readonly ArtifactRef[], reply: Reply, publicUrl: string | undefined) {
	const small = artifacts.filter(({ bytes }) => bytes <= DISCORD_LIMITS.file);
	const large = artifacts.filter(({ bytes }) => bytes > DISCORD_LIMITS.file);
	const page =
		publicUrl === undefined || reply.taskId === undefined
			? 'The page of the task has it.'
			: `It is on [the page of the task](${publicUrl}/#/tasks/${encodeURIComponent(reply.taskId)}).`;
	const notes = large.map(({ name, bytes }) => `**${name}** (${megabytes(bytes)}) is too large for Discord. ${page}`);
	return { small, notes: notes.join('\n') };
}

function batchesOf(files: readonly ArtifactRef[]): ArtifactRef[][] {
	const batches: ArtifactRef[][] = [];
	let room = 0;
	for (const file of files) {
		const batch = batches.at(-1);
		if (batch === undefined || batch.length >= DISCORD_LIMITS.files || file.bytes > room) {
			batches.push([file]);
			room = DISCORD_LIMITS.filesOfMessage - file.bytes;
			continue;
		}
		batch.push(file);
		room -= file.bytes;
	}
	return batches;
}

function megabytes(bytes: number): string {
	return `${(bytes / 1024 / 1024).toFixed(0)} MB`;
}
