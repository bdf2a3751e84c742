import { expect, it } from 'vitest';
import { addressFields, effectsOf } from './tool-effects.ts';

it.each([
	[{}, 'external'],
	[{ readOnlyHint: true }, 'none'],
	[{ readOnlyHint: true, destructiveHint: true, openWorldHint: true }, 'none'],
	[{ idempotentHint: true }, 'external'],
	[{ idempotentHint: true, destructiveHint: false }, 'idempotent'],
	[{ idempotentHint: true, destructiveHint: false, openWorldHint: true }, 'external'],
	[{ destructiveHint: false, openWorldHint: false }, 'external'],
	[{ readOnlyHint: false, idempotentHint: true, destructiveHint: true }, 'external'],
] as const)('takes %o for %s', (hints, effects) => {
	expect(effectsOf(hints)).toBe(effects);
});

it('watches the addresses that a tool reads beyond its own world', () => {
	const fields = ['url', 'image_url', 'curl', 'query', 'links'];
	expect(addressFields({ readOnlyHint: true }, fields)).toEqual(['url', 'image_url', 'links']);
	expect(addressFields({ readOnlyHint: true, openWorldHint: false }, fields)).toEqual([]);
	expect(addressFields({}, fields)).toEqual([]);
});
