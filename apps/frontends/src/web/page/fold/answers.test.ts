import { asQuestionId } from '@errand/core/domain/ids.ts';
import { describe, expect, it } from 'vitest';
import { answerWords } from './answers.ts';

const asked = (kind: 'text' | 'secret' | 'approval', status: 'answered' | 'withdrawn', answer?: string) =>
	answerWords({ question: { id: asQuestionId('q'), kind, purpose: 'step', text: '?' }, status, answer });

describe('answerWords', () => {
	it('repeats an answer, but never a secret one', () => {
		expect(asked('text', 'answered', 'Lisbon')).toBe('You answered: Lisbon');
		expect(asked('secret', 'answered', 'vault:1')).not.toContain('vault:1');
	});

	it('names files that came with an answer as the person does', () => {
		const file = 'artifact:4c1029697ee35871 application/pdf my policy.pdf';
		expect(asked('text', 'answered', `Compare these\n${file}`)).toBe(
			'You answered: Compare these (with my policy.pdf)',
		);
		expect(asked('text', 'answered', file)).toBe('You answered: my policy.pdf');
	});

	it('says what was decided, or that it does not matter any more', () => {
		expect(asked('approval', 'answered', 'approve')).toBe('You approved.');
		expect(asked('approval', 'answered', 'refuse')).toBe('You refused.');
		expect(asked('text', 'withdrawn')).toBe('No longer needed.');
	});
});
