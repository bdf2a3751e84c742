import type { Json } from '../../domain/json.ts';
import { shortened } from '../../domain/shortened.ts';
import { readFileLines } from '../../domain/task/attachment-lines.ts';
import type { PlanRequest } from '../../ports/planner.ts';
import { splitClauses } from './clauses.ts';
import { markAddresses, marksIn, withLabels, withoutLeading, withPlainMarks } from './find-addresses.ts';
import { takePastedText } from './inline-text.ts';

/** Material is something to read: an address, a stored file, or text that came with the goal. */
export type Material =
	| { readonly kind: 'url'; readonly url: string; readonly label: string }
	| { readonly kind: 'file'; readonly artifact: string; readonly label: string }
	| { readonly kind: 'text'; readonly text: string; readonly label: string };

/** Clause is one request of a goal, with the addresses named in it. */
export interface Clause {
	/** Its words, with `ADDRESS` in the place of each address. */
	readonly text: string;
	/** The same to be read: with short labels for the addresses. */
	readonly said: string;
	readonly materials: readonly Material[];
}

/** Goal is what the person wrote, taken apart. */
export interface Goal {
	/** All of it in the person's words, with labels for addresses and without pasted text; what `need` is filled from. */
	readonly need: string;
	readonly clauses: readonly Clause[];
	/** What came along outside any clause: attachments, pasted text, answers. */
	readonly materials: readonly Material[];
	/** What was left out because of the limit on documents. */
	readonly dropped: number;
	/** What the person said when asked about this goal, in order. */
	readonly answers: readonly string[];
}

/** MAX_MATERIALS bounds how many documents one goal reads. */
export const MAX_MATERIALS = 50;
const MAX_NEED = 4_000;
const MIN_ANSWER_TEXT = 80;

/** readGoal takes a request apart: material, clauses and the need, with everything answered since counted in. */
export function readGoal({ goal, attachments, answers }: Pick<PlanRequest, 'goal' | 'attachments' | 'answers'>): Goal {
	const attached = attachments.map(materialOf);
	const hasAddress = (text: string) => markAddresses(text).urls.length > 0;
	const pasted = takePastedText(goal, attached.length > 0 || hasAddress(goal.slice(0, 2_000)));
	const { text: words, urls } = markAddresses(pasted.words);
	const addresses = urls.map(urlMaterial);
	const labels = addresses.map(({ label }) => label);
	const clauses = splitClauses(words).map((text) => ({
		text: withPlainMarks(withoutLeading(text)),
		said: withLabels(withoutLeading(text), labels),
		materials: marksIn(text).flatMap((number) => addresses[number] ?? []),
	}));
	const said = answers.map(({ answer }) => readAnswerMaterial(answer));
	const loose = [...attached, ...textMaterials(pasted.texts), ...said.flatMap(({ materials }) => materials)];
	const own = new Set(clauses.flatMap(({ materials }) => materials));
	const kept = new Set([...loose, ...own].slice(0, MAX_MATERIALS));
	return {
		need: withLabels(words.slice(0, MAX_NEED), labels),
		clauses: clauses.map((clause) => ({ ...clause, materials: clause.materials.filter((one) => kept.has(one)) })),
		materials: unique(loose.filter((one) => kept.has(one))),
		dropped: loose.length + own.size - kept.size,
		answers: said.map(({ text }) => text),
	};
}

/** materialKey is the same for the same document. */
export function materialKey(material: Material): string {
	if (material.kind === 'url') return material.url;
	return material.kind === 'file' ? `artifact:${material.artifact}` : `text:${material.text}`;
}

function materialOf(attachment: PlanRequest['attachments'][number]): Material {
	if (attachment.kind === 'url') return urlMaterial(attachment.url);
	return { kind: 'file', artifact: attachment.id, label: shorten(attachment.name || 'the attached file') };
}

function urlMaterial(url: string): Material {
	return { kind: 'url', url, label: addressLabel(url) };
}

function textMaterials(texts: readonly string[]): Material[] {
	return texts.map((text, index) => ({
		kind: 'text',
		text,
		label: texts.length === 1 ? 'Your text' : `Your text ${index + 1}`,
	}));
}

function readAnswerMaterial(answer: Json): { text: string; materials: Material[] } {
	if (typeof answer !== 'string') return { text: '', materials: [] };
	const { text: rest, files } = readFileLines(answer);
	const { text, urls } = markAddresses(rest);
	const words = withLabels(text.slice(0, MAX_NEED), []);
	const materials: Material[] = [
		...urls.map(urlMaterial),
		...files.map(({ artifact, name }): Material => ({ kind: 'file', artifact, label: shorten(name) })),
	];
	if (materials.length === 0 && rest.length >= MIN_ANSWER_TEXT) materials.push(...textMaterials([rest]));
	return { text: words, materials };
}

/** Host and last part of the path: `example.com/policy-a.html`. */
function addressLabel(url: string): string {
	const { hostname, pathname } = URL.canParse(url) ? new URL(url) : { hostname: url, pathname: '' };
	const last = pathname.split('/').findLast((part) => part !== '');
	return shorten(hostname.replace(/^www\./, '') + (last === undefined ? '' : `/${last}`));
}

function shorten(label: string): string {
	return shortened(label, 80);
}

function unique(materials: readonly Material[]): Material[] {
	return [...new Map(materials.map((material) => [materialKey(material), material])).values()];
}
