import { expect, test } from 'vitest';
import { plannedStep } from '../../testing/given-task.ts';
import { effectSummary } from './effect-summary.ts';

test('shows every address whole, however long, and says how much of the rest is missing', () => {
	const url = `https://a.example/?q=${'x'.repeat(4_000)}end`;
	const step = plannedStep('look', { capability: 'browser.visit', addresses: ['url', 'steps.*.url'] });
	const steps = [{ do: 'open', url: 'https://b.example/' }, { do: 'scroll' }];
	const summary = effectSummary(step, { url, steps });
	expect(summary).toContain(`browser.visit at ${url} and https://b.example/ with {"url":`);
	expect(summary).toMatch(/… and 2\d{3} characters more$/);
});

test('shows a short input whole', () => {
	const step = plannedStep('send', { capability: 'mail.send' });
	expect(effectSummary(step, { to: 'ada@a.example' })).toBe('mail.send with {"to":"ada@a.example"}');
});
