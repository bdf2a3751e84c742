import { matchedName } from '@errand/core/planning/loose-names.ts';
import { catalogue } from '@errand/workers/catalogue.ts';
import { describe, expect, it } from 'vitest';

describe('the catalogue that is shipped', () => {
	it.each([
		['website.read', 'web.read'],
		['read a web page', 'web.read'],
		['webpage_fetch', 'web.read'],
		['page.fetch', 'web.read'],
		['fetch_url', 'web.read'],
		['http.get', 'web.read'],
		['web.scrape', 'web.read'],
		['read pdf', 'web.read'],
		['web_search', 'web.search'],
		['internet.search', 'web.search'],
		['search the web', 'web.search'],
		['google', 'web.search'],
		['summarise text', 'text.summarize'],
		['document.summarize', 'text.summarize'],
		['text.summary', 'text.summarize'],
		['compare documents', 'text.compare'],
		['text.comparing', 'text.compare'],
		['document analysis', 'text.analyze'],
		['text.extraction', 'text.extract'],
		['extract dates from documents', 'text.extract'],
		['ask user', 'human.ask'],
		['answer questions from documents', 'text.answer'],
		['files.ls', 'files.list'],
		['file.read', 'files.read'],
		['choose links of pages', 'web.links'],
		['browser_visit', 'browser.visit'],
		['fileWrite', 'files.write'],
	])('takes "%s" for %s', (wanted, name) => {
		expect(matchedName(wanted, catalogue)?.name).toBe(name);
	});

	it.each([
		'read',
		'text',
		'compare policies',
		'delete files',
		'files.delete',
		'save file',
		'write report',
		'open page',
		'browser',
		'browser.open',
		'browser.click',
		'submit form',
		'log in to a website',
		'send email',
		'buy ticket',
		'pay',
		'run code',
		'shell.exec',
		'rocket.launch',
		'do not search the web',
		'search the web and buy',
	])('chooses nothing for "%s"', (wanted) => {
		expect(matchedName(wanted, catalogue)).toBeUndefined();
	});

	it('takes every capability by its own name in another spelling', () => {
		for (const { name, unplanned } of catalogue) {
			if (unplanned === true) continue;
			const [domain = '', verb = ''] = name.split('.');
			for (const spelling of [`${domain}_${verb}`, `${verb}-${domain}`, `${domain}/${verb}`.toUpperCase()]) {
				expect(matchedName(spelling, catalogue)?.name, spelling).toBe(name);
			}
		}
	});
});
