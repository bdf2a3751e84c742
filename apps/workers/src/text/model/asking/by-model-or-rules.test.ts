import { CoreError, type ErrorCode } from '@errand/core/domain/errors.ts';
import { expect, test } from 'vitest';
import { byModelOrRules } from './by-model-or-rules.ts';

const model = { name: 'tide-7b' };
const run = (byModel: () => Promise<{ text: string; warnings: string[] }>) =>
	byModelOrRules({ model, byModel, byRules: () => ({ text: 'by rules', warnings: ['Short.'] }) });
const fails = (code: ErrorCode) => Promise.reject(new CoreError(code, 'It failed.', { hint: 'Wait.' }));

test.each([
	['model-unavailable', 'did not answer'],
	['model-refused', 'refused'],
	['model-reply', 'gave no usable reply'],
] as const)('does it by rules and says so after %s', async (code, how) => {
	expect(await run(() => fails(code))).toEqual({
		text: 'by rules',
		warnings: [
			'Short.',
			`The language model tide-7b ${how}: this was done by rules.${code === 'model-refused' ? ' Wait.' : ''}`,
		],
	});
});

test('says why, where the provider tells, and what to do about it', async () => {
	const message = 'The language model tide-7b at 127.0.0.1:8080 does not take the request: 401 bad key.';
	const { warnings } = await run(() => Promise.reject(new CoreError('model-refused', message, { hint: 'Set it.' })));
	expect(warnings.at(-1)).toBe(`${message.slice(0, -1)}: this was done by rules. Set it.`);
});

test.each(['cancelled', 'over-budget', 'disk-full'] as const)('lets %s end the run', async (code) => {
	await expect(run(() => fails(code))).rejects.toMatchObject({ code });
});

test('keeps what the model did, and a fault of ours', async () => {
	expect(await run(async () => ({ text: 'by model', warnings: [] }))).toEqual({ text: 'by model', warnings: [] });
	await expect(run(() => Promise.reject(new TypeError('a fault')))).rejects.toThrow('a fault');
});
