import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { type ErrorCode, isCoreError } from '@errand/core/domain/errors.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { BrowserAction, BrowserSight } from '@errand/core/ports/browser.ts';
import type { RunBrowser, RunContext } from '@errand/core/ports/capability.ts';
import { extractFields } from './extract-fields.ts';
import type { Fields } from './visit-input.ts';
import { shortAddress } from './visit-words.ts';

/** PageVisit drives one page of the task's browser, one action after the other, and keeps what came to light. */
export class PageVisit {
	readonly downloads: ArtifactRef[] = [];
	readonly screenshots: ArtifactRef[] = [];
	readonly fields = new Map<string, Json>();
	readonly missing: string[] = [];
	/** Pages that something was read from, by address. */
	readonly read = new Map<string, string>();
	snapshot: string | undefined;
	status: number | undefined;
	sight: BrowserSight | undefined;
	/** Something was sent to a page that may have changed the world. */
	acted = false;
	readonly #session: string;
	readonly #browser: RunBrowser;
	readonly #context: Pick<RunContext, 'progress' | 'taint'>;
	readonly #refused = new Map<string, number>();

	constructor(session: string, browser: RunBrowser, context: Pick<RunContext, 'progress' | 'taint'>) {
		this.#session = session;
		this.#browser = browser;
		this.#context = context;
	}

	get artifacts(): ArtifactRef[] {
		return [...this.screenshots, ...this.downloads];
	}

	/** What the guard kept pages from, and how often. */
	get refused(): ReadonlyMap<string, number> {
		return this.#refused;
	}

	async act(action: BrowserAction): Promise<BrowserSight> {
		if (action.do === 'open' || action.do === 'download') this.#taint(action.url);
		if (isBeginning(action)) this.status = undefined;
		const sight = await this.#perform(action);
		this.sight = sight;
		this.#taint(sight.url);
		for (const refusal of sight.refused ?? []) this.#refused.set(refusal, (this.#refused.get(refusal) ?? 0) + 1);
		this.#keep(action, sight);
		return sight;
	}

	/** Reads fields off the page; what is not there yet is given a moment to appear. */
	async extract(fields: Fields): Promise<void> {
		let extracted = extractFields(await this.#content(), fields, this.sight?.url ?? '');
		for (let looks = 0; extracted.missing.length > 0 && looks < MAX_LOOKS; looks++) {
			await this.act({ do: 'wait', ms: LOOK_AGAIN_MS });
			extracted = extractFields(await this.#content(), fields, this.sight?.url ?? '');
		}
		for (const [name, value] of Object.entries(extracted.fields)) this.fields.set(name, value);
		this.missing.push(...extracted.missing);
	}

	/** The page as HTML, once its scripts have written something and leave it alone, or have had their time. */
	async content(): Promise<string> {
		let html = await this.#content();
		for (let looks = 0, calm = 0; calm < calmLooks(html) && looks < MAX_LOOKS; looks++) {
			await this.act({ do: 'wait', ms: LOOK_AGAIN_MS });
			const before = html;
			html = await this.#content();
			calm = html === before ? calm + 1 : 0;
		}
		return html;
	}

	async #content(): Promise<string> {
		const sight = await this.act({ do: 'content' });
		this.read.set(sight.url, sight.title);
		return sight.text ?? '';
	}

	/** A list that grows as it is scrolled needs a moment after each time. */
	async scroll(action: Extract<BrowserAction, { do: 'scroll' }>, times: number): Promise<void> {
		for (let done = 0; done < times; done++) {
			await this.act(action);
			if (times > 1) await this.act({ do: 'wait', ms: GROWTH_MS });
		}
	}

	/** What a person would see of a page that would not do as told; whatever cannot be had is left out. */
	async evidence(): Promise<{ readonly snapshot: string | undefined; readonly screenshot: ArtifactRef | undefined }> {
		const look = (action: BrowserAction) =>
			this.#browser.act(this.#session, action, EVIDENCE_MS).catch(() => undefined);
		const snapshot = (await look({ do: 'snapshot' }))?.text;
		const screenshot = snapshot === undefined ? undefined : (await look({ do: 'screenshot' }))?.artifact;
		return { snapshot, screenshot };
	}

	/** What is known to have done nothing has not acted: there was nothing to act on, or it was not ready for it in time. */
	async #perform(action: BrowserAction): Promise<BrowserSight> {
		try {
			const sight = await this.#browser.act(this.#session, action, limitMs(action));
			this.acted ||= mayActOnWorld(action);
			return sight;
		} catch (error) {
			this.acted ||= mayActOnWorld(action) && !(isCoreError(error) && DID_NOTHING.has(error.code));
			throw error;
		}
	}

	#keep(action: BrowserAction, sight: BrowserSight): void {
		const { artifact } = sight;
		if (isBeginning(action)) this.status = sight.status;
		if (action.do === 'snapshot') this.snapshot = sight.text;
		if (action.do === 'download' && artifact !== undefined) this.downloads.push(artifact);
		if (action.do !== 'screenshot' || artifact === undefined) return;
		this.screenshots.push(artifact);
		this.#context.progress({
			text: `Looking at ${shortAddress(sight.url)}`,
			partial: `![Screenshot](/v1/artifacts/${artifact.id})`,
		});
	}

	#taint(address: string | undefined): void {
		if (address === undefined || !URL.canParse(address)) return;
		const { host } = new URL(address);
		if (host !== '') this.#context.taint(`web:${host}`);
	}
}

const LOOK_AGAIN_MS = 150;
/** About three seconds, which somebody waits for. */
const MAX_LOOKS = 20;
const GROWTH_MS = 400;
const EVIDENCE_MS = 5_000;

/** How often a page must look the same before it counts as finished: the less it says, the more is probably still to come. */
function calmLooks(html: string): number {
	if (!/<script/i.test(html)) return 0;
	if (html.length > 500_000) return 1;
	const { text } = extractFields(html, { text: 'body' }, 'about:blank').fields;
	const length = typeof text === 'string' ? text.length : 0;
	return length >= 80 ? 1 : length > 0 ? 5 : MAX_LOOKS;
}

const DID_NOTHING: ReadonlySet<ErrorCode> = new Set(['not-found', 'invalid-input', 'timed-out']);

function mayActOnWorld(action: BrowserAction): boolean {
	switch (action.do) {
		case 'click':
		case 'fill':
		case 'select':
		case 'press':
			return true;
		case 'download':
			return action.target !== undefined;
		default:
			return false;
	}
}

function isBeginning(action: BrowserAction): boolean {
	return action.do === 'open' || action.do === 'continue';
}

function limitMs(action: BrowserAction): number {
	switch (action.do) {
		case 'open':
		case 'continue':
			return 30_000;
		case 'wait':
			return (action.ms ?? 0) + 30_000;
		case 'download':
			return 60_000;
		case 'screenshot':
		case 'content':
		case 'snapshot':
			return 20_000;
		default:
			return 10_000;
	}
}
