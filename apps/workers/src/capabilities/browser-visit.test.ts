import { DocumentSchema } from '@errand/core/domain/document.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { QuestionDraft } from '@errand/core/domain/task/question.ts';
import { admitPlan } from '@errand/core/planning/admit-plan.ts';
import type { RunContext } from '@errand/core/ports/capability.ts';
import { describe, expect, test } from 'vitest';
import { type Served, StandInBrowser } from '../browsing/fixture/stand-in-browser.ts';
import type { VisitInput } from '../browsing/visit-input.ts';
import { browserVisit } from './browser-visit.ts';

const SHOP = 'https://shop.example';
const PASSWORD = `p&ss "wörd" <1>`;

/** A shop: a login, an account that only those logged in see, a list, and pages that will not do. */
function shop(path: string, sent: Readonly<Record<string, string>>, remembered: string | undefined): Served {
	switch (path) {
		case '/login':
			return {
				title: 'Log in',
				html: `<body><h1>Log in</h1><form action="/account"><input name="user"><input name="password"><button>Go</button></form></body>`,
			};
		case '/account': {
			const user = sent['password'] === PASSWORD ? sent['user'] : remembered;
			if (user === undefined) return { title: 'No', html: '<body>Log in first.</body>', status: 401 };
			const echo = sent['password'] ?? '';
			const html = `<body><main><h1>Account of ${user}</h1><p class="echo">${escaped(echo)}</p>${PROSE}</main></body>`;
			return { title: `Account ${echo}`, html, remember: user };
		}
		case '/list':
			return {
				title: 'Plans *all*',
				html: `<body><ul>${[10, 20].map((price) => `<li><a href="/plan/${price}"><b>Plan</b> ${price}</a> <i class=p>€${price}</i></li>`).join('')}</ul>${PROSE}<script>evil()</script></body>`,
				refused: ['127.0.0.1:9: private address'],
			};
		case '/down':
			return { title: 'Down', html: '<body>Down</body>', status: 503 };
		default:
			return { title: 'Gone', html: '<body>No such page.</body>', status: 404 };
	}
}

const PROSE = `<p>${'All of these words are made up. '.repeat(5)}</p>`;
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

interface Run {
	readonly context: RunContext;
	readonly browser: StandInBrowser;
	readonly origins: Set<string>;
	readonly said: { text?: string; partial?: string }[];
	readonly abort: AbortController;
	asked: readonly QuestionDraft[];
}

function run(options: { browser?: StandInBrowser; answers?: RunContext['answers'] } = {}): Run {
	const browser = options.browser ?? new StandInBrowser(shop);
	const abort = new AbortController();
	const kept: Run = { context: {} as RunContext, browser, origins: new Set(), said: [], abort, asked: [] };
	const unused = () => Promise.reject(new Error('not used'));
	const context: RunContext = {
		taskId: asTaskId('t1'),
		person: asPersonId('p1'),
		signal: abort.signal,
		progress: (word) => kept.said.push(word),
		taint: (origin) => kept.origins.add(origin),
		saveArtifact: unused,
		readArtifact: unused,
		fetch: unused,
		browser,
		workspace: undefined,
		answers: options.answers ?? [],
		ask: (questions) => {
			kept.asked = questions;
			throw new Error('asked');
		},
	};
	return Object.assign(kept, { context });
}

const visit = (input: VisitInput, { context }: Run) => browserVisit.run(browserVisit.input.parse(input), context);

async function failure(work: Promise<unknown>): Promise<CoreError> {
	const error = await work.then(
		() => new Error('it worked'),
		(thrown: unknown) => thrown,
	);
	if (error instanceof CoreError) return error;
	throw error;
}

const LOGIN: VisitInput['steps'] = [
	{ do: 'fill', target: '[name=user]', text: 'ada' },
	{ do: 'fill', target: '[name=password]', ask: 'Password of the shop?' },
	{ do: 'click', target: 'button' },
];
const ANSWERS = [{ question: 'Password of the shop?', answer: PASSWORD }];

describe('browser.visit', () => {
	test('gives the page as a document that text capabilities take, with its source and taint', async () => {
		const visited = run();
		const output = await visit({ url: `${SHOP}/list` }, visited);
		expect(browserVisit.output.parse(output)).toEqual(output);
		expect(DocumentSchema.parse(output.document)).toMatchObject({ kind: 'html', url: `${SHOP}/list` });
		expect(output.document?.markdown).toContain('€20');
		expect(output.document?.links[0]).toEqual({ text: 'Plan 10', url: `${SHOP}/plan/10` });
		expect(output.sources).toEqual([{ title: 'Plans *all*', url: `${SHOP}/list` }]);
		expect(output.text).toContain('**Plans \\*all\\***');
		expect([...visited.origins]).toEqual(['web:shop.example']);
		expect(output.warnings).toEqual(['A page was kept from reaching 127.0.0.1:9: private address.']);
	});

	test('reads fields by selector: one, an attribute, lists, and lists of objects', async () => {
		const extract = {
			first: 'li a',
			links: { target: 'li a', attribute: 'href', list: true },
			plans: {
				target: 'li',
				list: true,
				fields: { price: '.p', link: { target: 'a', attribute: 'href' }, stars: '.s' },
			},
			none: '.nothing',
		};
		const output = await visit({ url: `${SHOP}/list`, extract }, run());
		expect(output.document).toBeUndefined();
		expect(output.fields).toEqual({
			first: 'Plan 10',
			links: [`${SHOP}/plan/10`, `${SHOP}/plan/20`],
			plans: [
				{ price: '€10', link: `${SHOP}/plan/10`, stars: null },
				{ price: '€20', link: `${SHOP}/plan/20`, stars: null },
			],
			none: null,
		});
		expect(output.warnings).toContain('Nothing on the page matches the field "none".');
		const wrong = await failure(visit({ url: `${SHOP}/list`, extract: { bad: 'li >> [[' } }, run()));
		expect([wrong.code, wrong.message]).toEqual(['invalid-input', expect.stringContaining('"bad"')]);
	});

	test('does the steps one after the other in the session it is told, and says so in words', async () => {
		const visited = run({ answers: ANSWERS });
		const output = await visit(
			{
				url: `${SHOP}/login`,
				session: 'work',
				waitFor: { target: 'form' },
				steps: LOGIN,
				screenshot: 'full',
				snapshot: true,
			},
			visited,
		);
		expect(visited.browser.acted.map(({ session, action }) => `${session} ${action.do}`)).toEqual(
			['open', 'wait', 'fill', 'fill', 'click', 'content', 'snapshot', 'screenshot'].map((verb) => `work ${verb}`),
		);
		expect(output.document?.markdown).toContain('Account of ada');
		expect(output.artifacts.map(({ name }) => name)).toEqual(['screenshot.png']);
		expect(visited.said.map(({ text }) => text)).toContain('Filling in [name=password]…');
		expect(visited.said.map(({ partial }) => partial)).toContain('![Screenshot](/v1/artifacts/file-1)');
		const again = await visit({ url: `${SHOP}/account`, session: 'work' }, run({ browser: visited.browser }));
		expect(again.document?.markdown).toContain('Account of ada');
		expect((await failure(visit({ url: `${SHOP}/account` }, run({ browser: visited.browser })))).code).toBe(
			'forbidden',
		);
	});

	test('gives what scripts write later a moment to appear', async () => {
		const empty = '<body><main id="app"></main><script src="app.js"></script></body>';
		let looks = 0;
		const late = new StandInBrowser(() => ({ html: empty }));
		const act = late.act.bind(late);
		late.act = async (session, action) => {
			const sight = await act(session, action);
			looks += Number(action.do === 'content');
			const isThere = action.do === 'content' && looks > 3;
			return isThere ? { ...sight, text: `<body><h1>Here</h1><i class="price">10</i>${PROSE}</body>` } : sight;
		};
		expect((await visit({ url: SHOP }, run({ browser: late }))).document?.markdown).toContain('# Here');
		looks = 0;
		expect((await visit({ url: SHOP, extract: { price: '.price' } }, run({ browser: late }))).fields).toEqual({
			price: '10',
		});
		const short = run({ browser: new StandInBrowser(() => ({ html: '<body>Ok<script></script></body>' })) });
		expect((await visit({ url: SHOP }, short)).text).toContain('Ok');
		expect(short.browser.acted.length).toBeLessThan(15);
		const never = await visit({ url: SHOP }, run({ browser: new StandInBrowser(() => ({ html: empty })) }));
		expect(never.document?.markdown).toBe('');
	});

	test('scrolls a list that grows again and again, and downloads', async () => {
		const visited = run();
		const steps: VisitInput['steps'] = [{ do: 'scroll', times: 2 }];
		const output = await visit({ url: `${SHOP}/list`, steps, download: { url: `${SHOP}/plans.csv` } }, visited);
		expect(visited.browser.acted.map(({ action }) => action.do)).toEqual([
			'open',
			'scroll',
			'wait',
			'scroll',
			'wait',
			'download',
			'content',
			'wait',
			'content',
		]);
		expect(output.text).toContain('[plans.csv](/v1/artifacts/file-1)');
	});
});

describe('what is filled in in confidence', () => {
	test('is asked for before anything is opened, each question once', async () => {
		const visited = run();
		const twice = [...LOGIN, ...LOGIN, { do: 'fill' as const, target: 'input', ask: 'Name?', secret: false }];
		await expect(visit({ url: `${SHOP}/login`, steps: twice }, visited)).rejects.toThrow('asked');
		expect(visited.asked).toEqual([
			{ kind: 'secret', text: 'Password of the shop?' },
			{ kind: 'text', text: 'Name?' },
		]);
		expect(visited.browser.acted).toEqual([]);
	});

	test('is in no word of the output, of progress or of an error, in whatever form a page writes it', async () => {
		const given = run({ answers: ANSWERS });
		const output = await visit(
			{ url: `${SHOP}/login`, steps: LOGIN, snapshot: true, extract: { echo: '.echo' } },
			given,
		);
		expect(output.fields).toEqual({ echo: '[secret]' });
		expect(output.title).toBe('Account [secret]');
		const failed = run({ answers: ANSWERS });
		const fault = new CoreError('not-found', `fill(${JSON.stringify(PASSWORD)}) found nothing`, { hint: PASSWORD });
		failed.browser.faults.set('click', fault);
		const error = await failure(visit({ url: `${SHOP}/login`, steps: LOGIN }, failed));
		expect(error.message).toContain('textbox "password": "[secret]"');
		const all = JSON.stringify([output, given.said, failed.said, error.message, error.hint]);
		for (const word of ['wörd', 'w%C3%B6rd']) expect(all).not.toContain(word);
	});

	test('is never the mark that stands for a secret elsewhere', async () => {
		const steps: VisitInput['steps'] = [{ do: 'fill', target: 'input', text: '[secret]' }];
		const visited = run();
		const error = await failure(visit({ url: `${SHOP}/login`, steps }, visited));
		expect([error.code, error.hint]).toEqual(['invalid-input', expect.stringContaining('"ask"')]);
		expect(visited.browser.acted).toEqual([]);
	});
});

describe('a visit that fails', () => {
	test('names the step, shows what the page showed, and keeps a screenshot', async () => {
		const steps: VisitInput['steps'] = [
			{ do: 'wait', target: 'form' },
			{ do: 'click', target: 'text=Buy now' },
		];
		const visited = run();
		visited.browser.faults.set('click', new CoreError('not-found', 'nothing matches.', { hint: 'Look at it.' }));
		const error = await failure(visit({ url: `${SHOP}/login`, steps }, visited));
		expect(error.code).toBe('not-found');
		expect(error.message).toContain(
			'Step 2 of 2: Clicking “Buy now” on shop.example/login did not work: nothing matches.',
		);
		expect(error.message).toContain('- text: Log in');
		expect(error.message).toContain('/v1/artifacts/file-1');
		expect(error.hint).toBe('Look at it.');
	});

	test.each([
		['/gone', 'not-found'],
		['/account', 'forbidden'],
		['/down', 'fetch-failed'],
	])('%s, which is only looked at, is an error of the site: %s', async (path, code) => {
		expect((await failure(visit({ url: SHOP + path }, run()))).code).toBe(code);
	});

	test('an error page that is worked on is a warning', async () => {
		const output = await visit({ url: `${SHOP}/account`, steps: [{ do: 'open', url: `${SHOP}/list` }] }, run());
		expect(output.url).toBe(`${SHOP}/list`);
		const { warnings } = await visit({ url: `${SHOP}/account`, waitFor: { ms: 0 } }, run());
		expect(warnings).toEqual(['The site answered 401 when the page was opened.']);
	});

	test.each<['before', 'open' | 'content', string] | ['after', 'open' | 'content', string]>([
		['before', 'open', 'browser-failed'],
		['after', 'content', 'unknown-outcome'],
	])(
		'is tried again only as long as nothing was sent: a browser that dies %s a click, at %s, is %s',
		async (_when, at, code) => {
			const visited = run({ answers: ANSWERS });
			visited.browser.faults.set(at, new CoreError('browser-failed', 'the browser died.', { hint: 'Again.' }));
			const error = await failure(visit({ url: `${SHOP}/login`, steps: LOGIN }, visited));
			expect(error.code).toBe(code);
		},
	);

	test('for want of something to use is not repeated, and is no unknown outcome', async () => {
		const visited = run();
		visited.browser.faults.set('click', new CoreError('timed-out', 'it is not enabled.', { hint: 'Look.' }));
		const steps: VisitInput['steps'] = [{ do: 'click', target: 'button' }];
		expect((await failure(visit({ url: `${SHOP}/login`, steps }, visited))).code).toBe('not-possible');
	});

	test('to open a page has none to show', async () => {
		const visited = run();
		visited.browser.faults.set('open', new CoreError('fetch-failed', 'nobody is there.', { hint: 'Later.' }));
		const error = await failure(visit({ url: `${SHOP}/list` }, visited));
		expect([error.code, error.message]).toEqual([
			'fetch-failed',
			'Opening shop.example/list did not work: nobody is there.',
		]);
	});

	test('by being stopped ends at once with the reason of the signal', async () => {
		const visited = run();
		const reason = new DOMException('cancelled', 'AbortError');
		visited.abort.abort(reason);
		await expect(visit({ url: `${SHOP}/list` }, visited)).rejects.toBe(reason);
		expect(visited.browser.acted).toEqual([]);
	});

	test('for want of a browser says how to get one', async () => {
		const { context } = run();
		const error = await failure(browserVisit.run({ url: SHOP }, { ...context, browser: undefined }));
		expect(error.hint).toContain('npm run setup-browser');
	});
});

describe('the effects of a visit', () => {
	const effects = (input: Json) => browserVisit.effectsOf?.(input);

	test('are none as long as it looks', () => {
		const looks = ['open', 'wait', 'scroll', 'screenshot', 'snapshot', 'extract'].map((verb) => ({ do: verb }));
		expect(effects({ url: SHOP, steps: looks, download: { url: SHOP } })).toBe('none');
		expect(effects({ url: { $from: 'a.url' } })).toBe('none');
	});

	test.each<[string, Json]>([
		['a click', [{ do: 'click', target: 'a' }]],
		[
			'a fill',
			[
				{ do: 'wait', ms: 1 },
				{ do: 'fill', target: 'a', text: 'x' },
			],
		],
		['a choice', [{ do: 'select', target: 'a', values: [] }]],
		['a key', [{ do: 'press', key: 'Enter' }]],
		['a download by a click', [{ do: 'download', target: 'a' }]],
		['a step that is not known yet', [{ $from: 'a.step' }]],
		['steps that are not known yet', { $from: 'a.steps' }],
		['a verb that is not known yet', [{ do: { $from: 'a.verb' } }]],
	])('are external with %s', (_what, steps) => {
		expect(effects({ url: SHOP, steps })).toBe('external');
	});

	test('are external with a final download by a click, or one that is not known yet', () => {
		expect(effects({ url: SHOP, download: { target: 'a' } })).toBe('external');
		expect(effects({ url: SHOP, download: { $from: 'a.download' } })).toBe('external');
		expect(effects({ $from: 'a' })).toBe('external');
	});

	test('are written into an admitted plan, and malformed steps are refused there', () => {
		const step = (id: string, input: Json) => ({
			id: id as never,
			title: id,
			capability: 'browser.visit',
			input,
			dependsOn: [],
			essential: true,
		});
		const look = step('look', { url: SHOP });
		const click = step('click', { url: { $from: 'look.document.links.0.url' }, steps: [{ do: 'click', target: 'a' }] });
		const admitted = admitPlan([look, click], [browserVisit]);
		expect(admitted.ok && admitted.steps.map((each) => each.effects)).toEqual(['none', 'external']);
		const wrong = [
			{ url: SHOP, steps: [{ do: 'fly' }] },
			{ url: SHOP, steps: [{ do: 'fill', target: 'a' }] },
			{ url: SHOP, waitFor: {} },
			{ url: SHOP, session: '../x' },
			{ url: SHOP, steps: Array.from({ length: 51 }, () => ({ do: 'scroll' })) },
		];
		for (const input of wrong) expect(admitPlan([step('x', input)], [browserVisit]).ok).toBe(false);
	});
});
