import type { ArtifactRef, Source } from '@errand/core/domain/capability.ts';
import type { Question } from '@errand/core/domain/task/question.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import { escapeHtml, toHtml } from '@errand/frontends/chat/html-markdown.ts';
import { safeLink } from '@errand/frontends/chat/safe-link.ts';
import { tameText } from '@errand/frontends/chat/tame-text.ts';
import { sharedFrame } from './shared-frame.ts';

const LONGEST_TITLE = 160;

/** sharedPage shows the answer of one task, with its sources and files; `path` is where the page itself is. */
export function sharedPage(view: TaskView, { path, expiresAt }: { path: string; expiresAt: number }): string {
	const title = shortened(tameText(view.goal).replace(/\s+/g, ' ').trim());
	const until = new Date(expiresAt).toISOString().slice(0, 10);
	const body = [
		`<header><p>Errand · ${statusWords(view)}</p><h1>${escapeHtml(title)}</h1></header>`,
		...view.questions.map(questionPart),
		answerPart(view),
		warningsPart(view.result?.warnings ?? []),
		filesPart(view.result?.artifacts ?? [], path),
		sourcesPart(view.result?.sources ?? [], path, view.result?.artifacts ?? []),
		`<footer>Whoever has this link can read this page until ${until}.</footer>`,
	];
	return sharedFrame(title, body.filter((part) => part !== '').join('\n'));
}

/** sharedNotice says in place of an answer why there is none. */
export function sharedNotice(title: string, words: string): string {
	return sharedFrame(title, `<header><p>Errand</p><h1>${escapeHtml(title)}</h1></header>\n<p>${escapeHtml(words)}</p>`);
}

function statusWords({ status, reason }: TaskView): string {
	switch (status) {
		case 'planning':
		case 'running':
			return 'still at work';
		case 'waiting':
			return reason === 'question' || reason === 'over-budget' ? 'waiting for your answer' : 'waiting';
		case 'done':
			return 'done';
		case 'failed':
			return 'failed';
		case 'cancelled':
			return 'cancelled';
	}
}

function questionPart({ text, kind, choices = [], effect }: Question): string {
	const list = choices.map((choice) => `<li>${escapeHtml(tameText(choice))}</li>`).join('');
	const effectPart = effect === undefined ? '' : toHtml(effect.summary);
	const how =
		kind === 'approval' ? '<p>Reply to the text message with YES or NO.</p>' : '<p>Reply to the text message.</p>';
	return `<article class="ask">${toHtml(text)}${effectPart}${list === '' ? '' : `<ol>${list}</ol>`}${how}</article>`;
}

function answerPart({ result, error, status, questions }: TaskView): string {
	if (result !== undefined) return `<article>${toHtml(result.text)}</article>`;
	if (error !== undefined) return `<article>${toHtml(`${error.message}\n\n${error.hint}`)}</article>`;
	if (status === 'cancelled') return '<article><p>This was stopped before there was an answer.</p></article>';
	if (questions.length > 0) return '';
	return '<article><p>There is no answer yet. Open this page again later.</p></article>';
}

function warningsPart(warnings: readonly string[]): string {
	if (warnings.length === 0) return '';
	return `<section><h2>What went less than well</h2>${toHtml(warnings.map((one) => `- ${one}`).join('\n'))}</section>`;
}

function filesPart(files: readonly ArtifactRef[], path: string): string {
	const rows = files.map(({ id, name, type, bytes }) => {
		const about = `${tameText(type).split(';')[0]} · ${sizeOf(bytes)}`;
		return `<li><a href="${fileLink(path, id)}">${escapeHtml(tameText(name) || 'file')}</a><small>${escapeHtml(about)}</small></li>`;
	});
	return rows.length === 0 ? '' : `<section><h2>Files</h2><ul class="list">${rows.join('')}</ul></section>`;
}

function sourcesPart(sources: readonly Source[], path: string, files: readonly ArtifactRef[]): string {
	const rows = sources.map(({ title, url, artifact, quote }) => {
		const words = escapeHtml(tameText(title) || 'source');
		const link = url === undefined ? undefined : safeLink(url, tameText(title));
		const own = files.some(({ id }) => id === artifact);
		const named =
			link !== undefined
				? `<a href="${escapeHtml(link.href)}" rel="noopener noreferrer nofollow">${escapeHtml(link.words)}</a><small>${escapeHtml(hostOf(link.href))}</small>`
				: own && artifact !== undefined
					? `<a href="${fileLink(path, artifact)}">${words}</a>`
					: words;
		return `<li>${named}${quote === undefined ? '' : `<small>“${escapeHtml(tameText(quote))}”</small>`}</li>`;
	});
	return rows.length === 0 ? '' : `<section><h2>Sources</h2><ul class="list">${rows.join('')}</ul></section>`;
}

function fileLink(path: string, id: string): string {
	return escapeHtml(`${path}/files/${encodeURIComponent(id)}`);
}

function hostOf(href: string): string {
	return URL.parse(href)?.host ?? '';
}

function sizeOf(bytes: number): string {
	if (bytes < 1_000) return `${bytes} bytes`;
	return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function shortened(text: string): string {
	return text.length <= LONGEST_TITLE ? text : `${text.slice(0, LONGEST_TITLE).toWellFormed().trimEnd()}…`;
}
