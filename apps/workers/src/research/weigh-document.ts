import type { Document } from '@errand/core/domain/document.ts';
import { withoutBoilerplate } from '../text/boilerplate.ts';
import { withoutOrders } from '../text/orders.ts';
import { readPassages } from '../text/passages.ts';
import type { Topic } from './topic.ts';

/** Weight is how much a page tells on a topic, 0 to 1, and whether that is worth keeping. */
export interface Weight {
	readonly score: number;
	/** Why it is not; undefined where it is. */
	readonly why?: string | undefined;
}

/** The beginning of a page says what it is about. */
const MAX_TEXT = 60_000;
const MIN_TEXT = 120;
const ENOUGH = 0.6;
/** So many telling passages are as good as more. */
const MANY = 10;

/** weighDocument reads a page for a topic; without one every page with text counts the same. */
export function weighDocument(document: Document, topic: Topic | undefined): Weight {
	const markdown = document.markdown.slice(0, MAX_TEXT);
	const { kept } = withoutOrders(readPassages({ ...document, markdown }, 0));
	const passages = withoutBoilerplate(kept, [document]);
	const letters = passages.reduce((sum, { plain }) => sum + plain.length, 0);
	if (letters < MIN_TEXT) return { score: 0, why: 'holds almost no text' };
	if (topic === undefined) return { score: 0.5 + Math.min(0.5, letters / 20_000) };
	const title = topic.cover(document.title);
	const covers = passages.map(({ plain, section }) => topic.cover(`${section.join(' ')} ${plain}`));
	const alone = Math.max(0, ...covers);
	const whole = topic.cover(`${document.title} ${passages.map(({ plain }) => plain).join(' ')}`);
	// The title counts for every passage: a page called "Clean Air Bill" need not repeat "bill" in each sentence.
	const onIt = covers.filter((cover) => cover >= ENOUGH || (title >= 0.5 && cover > 0)).length;
	const score = 0.4 * title + 0.35 * Math.min(1, onIt / MANY) + 0.25 * whole;
	if (whole < ENOUGH || (title < ENOUGH && alone < ENOUGH && onIt < 2)) {
		return { score, why: `says little about ${topic.words}` };
	}
	return { score: document.truncated ? score * 0.9 : score };
}
