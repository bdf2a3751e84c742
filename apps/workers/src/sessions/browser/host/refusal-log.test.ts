import { CoreError } from '@errand/core/domain/errors.ts';
import { expect, test } from 'vitest';
import { RefusalLog } from './refusal-log.ts';

const refusal = (address: string, why = 'no') => ({
	url: new URL(address),
	error: new CoreError('address-refused', `Refused to fetch ${address}: ${why}.`, { hint: 'x' }),
});
const all = () => true;

test('tells what was refused since, each once, and only to whom it concerns', () => {
	const log = new RefusalLog();
	log.add(refusal('http://early.test/'));
	const mark = log.end;
	log.add(refusal('http://a.test/1'));
	log.add(refusal('http://a.test/2'));
	log.add(refusal('https://b.test:8443/', 'private'));
	log.add({ url: new URL('http://down.test/'), error: new CoreError('fetch-failed', 'down', { hint: 'x' }) });
	expect(log.refused(mark, all)).toEqual(['a.test: no', 'b.test:8443: private']);
	expect(log.refused(mark, (place) => place === 'b.test:8443')).toEqual(['b.test:8443: private']);
	expect(log.about('http://down.test/any', mark)?.code).toBe('fetch-failed');
	expect(log.about('wss://b.test:8443/', mark)?.message).toContain('private');
	expect(log.about('http://early.test/', mark)).toBeUndefined();
	expect(log.latest(mark)?.code).toBe('fetch-failed');
});

test('keeps its marks when old entries are dropped', () => {
	const log = new RefusalLog();
	for (let n = 0; n < 800; n++) log.add(refusal(`http://n${n}.test/`));
	const mark = log.end;
	log.add(refusal('http://last.test/'));
	expect(log.refused(mark, all)).toEqual(['last.test: no']);
	expect(log.refused(0, all).length).toBeLessThanOrEqual(50);
});
