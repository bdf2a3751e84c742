import { asReplyId } from '@errand/core/domain/ids.ts';
import { describe, expect, it } from 'vitest';
import { decodePress, encodePress, MAX_CUSTOM_ID } from './press.ts';

const user = '18446744073709551615';

describe('what a button remembers', () => {
	it('is read back as it was', () => {
		for (const root of [undefined, '1432119438234567890']) {
			for (const words of ['yes', '', 'a|b', 'größer als 3']) {
				const press = { does: 'say', user, ...(root ? { root } : {}), replyId: asReplyId('task-1.7'), words } as const;
				expect(decodePress(encodePress(press) ?? '')).toEqual(press);
			}
		}
	});

	it('fits, or is not made', () => {
		const press = { does: 'say', user, root: user, replyId: asReplyId(`t${'x'.repeat(40)}.12`) } as const;
		expect(encodePress({ ...press, words: 'w'.repeat(80) })).toBeUndefined();
		const short = encodePress({ ...press, words: 'option 3' });
		expect(short?.length).toBeLessThanOrEqual(MAX_CUSTOM_ID);
		expect(decodePress(short ?? '')).toMatchObject({ replyId: press.replyId, words: 'option 3' });
		const endless = encodePress({ ...press, replyId: asReplyId('r'.repeat(200)), words: 'yes' });
		expect(decodePress(endless ?? '')).toEqual({ does: 'say', user, root: user, words: 'yes' });
	});

	it('is nothing where it is not ours', () => {
		for (const id of [
			'',
			'x',
			'errand1',
			'errand1|z|1|1|r|w',
			'errand1|s|Ü|1|r|w',
			'errand1|s||1|r|w',
			'errand1|s|1|../..|r|w',
		]) {
			expect(decodePress(id)).toBeUndefined();
		}
	});
});
