import { asStepId } from '@errand/core/domain/ids.ts';
import { expect, test } from 'vitest';
import { KeptTabs } from './kept-tabs.ts';

const [a, b] = [asStepId('a'), asStepId('b')];
const at = (address: string) => ({ address, storages: [] });

test('goes on where the latest other step ended', () => {
	const tabs = new KeptTabs();
	expect(tabs.addressFor(a)).toBeUndefined();
	tabs.keep(a, at('http://x.example/1'));
	tabs.keep(b, at('http://x.example/2'));
	expect(tabs.addressFor(asStepId('c'))).toBe('http://x.example/2');
	expect(tabs.addressFor(b)).toBe('http://x.example/1');
	tabs.keep(a, at('http://x.example/3'));
	expect(new KeptTabs(tabs.state).addressFor(b)).toBe('http://x.example/3');
});

test('keeps what origins kept last, and no more than there is room for', () => {
	const tabs = new KeptTabs();
	const storage = (origin: string, value: string) => ({ origin, items: { value } });
	tabs.keep(a, { address: undefined, storages: [storage('http://x.example', '1'), storage('http://y.example', '2')] });
	tabs.keep(b, {
		address: undefined,
		storages: [storage('http://x.example', '3'), { origin: 'http://y.example', items: {} }],
	});
	expect(tabs.state).toEqual({ left: [], storages: [storage('http://x.example', '3')] });
	const large = Array.from({ length: 4 }, (_, n) => storage(`http://${n}.example`, 'x'.repeat(100_000)));
	tabs.keep(a, { address: undefined, storages: large });
	expect(tabs.storages.map(({ origin }) => origin)).toEqual(['http://2.example', 'http://3.example']);
	for (let n = 0; n < 20; n++)
		tabs.keep(asStepId(`s${n}`), { ...at(`http://x.example/${n}`), storages: [storage(`http://${n}.example`, '')] });
	expect(tabs.state?.left).toHaveLength(5);
	expect(tabs.storages).toHaveLength(10);
});

test('has nothing to say where nothing was kept', () => {
	expect(new KeptTabs().state).toBeUndefined();
});
