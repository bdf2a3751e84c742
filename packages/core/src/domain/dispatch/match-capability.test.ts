import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CapabilityIndex, type DescribedCapability } from './match-capability.ts';
import { nameWords } from './name-words.ts';

function capability(name: string, summary: string, rest: Partial<DescribedCapability> = {}): DescribedCapability {
	return { name, summary, fields: '', effects: 'none', ...rest };
}

const catalogue = [
	capability('web.read', 'Reads a web page or a file (HTML, PDF, text) as Markdown with its title, date and links.', {
		fields: 'url artifact id of a stored file',
	}),
	capability('web.search', 'Searches the web and gives ranked links with snippets; read them with web.read.'),
	capability('files.read', 'Reads a text file in the workspace of the task.', { fields: 'path' }),
	capability('files.write', 'Writes a file into the workspace of the task.', { effects: 'idempotent' }),
	capability('text.compare', 'Compares 2 to 20 documents by what they state, as a table.'),
	capability('text.summarize', 'Summarises documents or a text in a few sentences.', { fields: 'documents focus' }),
	capability('mail.send', 'Sends an e-mail to somebody.', { effects: 'external', fields: 'to subject body' }),
	capability('browser.visit', 'Opens a page in a real browser, can click, fill in and submit forms.', {
		effects: 'external',
	}),
];
const index = new CapabilityIndex(catalogue);
const matched = (wanted: string) => index.match(wanted)?.name;

describe('CapabilityIndex', () => {
	test.each([
		['website.read', 'web.read'],
		['read a web page', 'web.read'],
		['webpage_fetch', 'web.read'],
		['page.reader', 'web.read'],
		['Reading the web page from a URL', 'web.read'],
		['search the web', 'web.search'],
		['web_lookup', 'web.search'],
		['read file in workspace', 'files.read'],
		['compare documents', 'text.compare'],
		['document.comparer', 'text.compare'],
		['text.summary', 'text.summarize'],
		['summarise a text', 'text.summarize'],
	])('takes "%s" for %s', (wanted, name) => {
		expect(matched(wanted)).toBe(name);
	});

	test.each(['files.write', 'write.files', 'fileWrite', 'FILES_WRITING', 'mail/send', 'sendMail', 'mails.sending'])(
		'takes "%s" for a capability that leaves something behind, since it is its name',
		(wanted) => {
			expect(['files.write', 'mail.send']).toContain(matched(wanted));
		},
	);

	test.each([
		'write a file into the workspace',
		'save file',
		'send an e-mail to somebody',
		'mail',
		'send',
		'e-mail.send',
		'open a page in a browser',
		'submit forms',
		'click on page',
	])('never takes "%s" for a capability that leaves something behind, nor for the next best', (wanted) => {
		expect(matched(wanted)).toBeUndefined();
	});

	test.each([
		'delete a web page',
		'read and delete a web page',
		'do not read the web page',
		'read web page except its title',
		'unread web page',
		'web.readwrite',
		'rocket.launch',
		'read',
		'text',
		'web page',
		'the',
		'',
		'!!!',
		'__proto__',
		'constructor',
		'wеb.rеad',
		'読む',
		'web.raed',
	])('chooses nothing for "%s"', (wanted) => {
		expect(matched(wanted)).toBeUndefined();
	});

	test('names the runners-up, and scores between 0 and 1', () => {
		const match = index.match('read a web page');
		expect(match?.runnersUp.length).toBeGreaterThan(0);
		for (const { score } of [...(match === undefined ? [] : [match]), ...(match?.runnersUp ?? [])]) {
			expect(score).toBeGreaterThan(0);
			expect(score).toBeLessThanOrEqual(1);
		}
	});

	test('chooses nothing between two that are named alike', () => {
		const twins = [capability('web.read', 'Reads a web page.'), capability('read.web', 'Reads a web page.')];
		expect(new CapabilityIndex(twins).match('web-read')).toBeUndefined();
		expect(new CapabilityIndex(twins).match('read web page')).toBeUndefined();
		expect(new CapabilityIndex([]).match('web.read')).toBeUndefined();
	});

	const known = [...new Set(catalogue.flatMap(({ name, summary }) => `${name} ${summary}`.split(/\W+/)))];
	const word = fc.oneof(fc.constantFrom(...known), fc.constantFrom('delete', 'not', 'buy', 'send', 'get', 'website'));
	const phrase = fc.oneof(
		fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' ')),
		fc.string({ maxLength: 40 }),
	);

	test('chooses a capability with effects only if its words are those of the name, whatever is asked for', () => {
		fc.assert(
			fc.property(phrase, (wanted) => {
				const found = catalogue.find(({ name }) => name === matched(wanted));
				if (found === undefined || found.effects === 'none') return;
				expect(nameWords(wanted).sort()).toEqual(nameWords(found.name).sort());
			}),
			{ numRuns: 2_000 },
		);
	});

	test('never lets a word pass that nothing in the catalogue knows', () => {
		fc.assert(
			fc.property(phrase, fc.constantFrom('delete', 'not', 'buy', 'never', 'zzz'), fc.nat(5), (wanted, odd, at) => {
				const words = wanted.split(' ');
				words.splice(at % (words.length + 1), 0, odd);
				expect(matched(words.join(' '))).toBeUndefined();
			}),
			{ numRuns: 1_000 },
		);
	});

	test('chooses the same whatever the order of the catalogue', () => {
		const turned = new CapabilityIndex([...catalogue].reverse());
		fc.assert(fc.property(phrase, (wanted) => void expect(turned.match(wanted)?.name).toBe(matched(wanted))));
	});
});

describe('nameWords', () => {
	test('have the same stems for the forms of a word', () => {
		for (const forms of [
			'read reads reading reader',
			'page pages paging',
			'compare compares comparing compared',
			'search searches searching searcher',
			'summarise summarize summarises summarizing summarised',
			'analyse analyze analyses analyzing analysis',
			'extract extracts extraction extractions',
			'get gets getting',
			'plan plans planned planner',
			'reply replies',
			'address addresses',
		]) {
			expect(new Set(nameWords(forms)).size, forms).toBe(1);
		}
	});

	test('split names at dots, dashes, capitals and whatever else joins words', () => {
		expect(nameWords('webPage_read-all.now')).toEqual(nameWords('web page read all now'));
	});
});
