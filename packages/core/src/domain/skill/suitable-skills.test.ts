import { expect, it } from 'vitest';
import { suitableSkills } from './suitable-skills.ts';

const SKILLS = [
	{
		name: 'pdf-forms',
		description: 'Fill in PDF forms and read what stands in their fields. Use when the user has a form.',
	},
	{
		name: 'compare-offers',
		description: 'How to compare prices and offers of shops. Use when the user wants to buy something.',
	},
	{ name: 'release-notes', description: 'Write release notes from commits of a repository, in the tone of the house.' },
];

function chosen(goal: string): readonly string[] {
	return suitableSkills(goal, SKILLS, 2).map(({ name }) => name);
}

it('picks what a goal speaks of, and one that is named before all others', () => {
	expect(chosen('Compare the offers on https://a.example and https://b.example')).toEqual(['compare-offers']);
	expect(chosen('Fill in the form of this pdf')).toEqual(['pdf-forms']);
	expect(chosen('Write release notes for the repository, then compare offers of two shops')).toHaveLength(2);
	expect(chosen('Use the release-notes skill on this: compare prices and offers')).toEqual([
		'release-notes',
		'compare-offers',
	]);
	expect(chosen('$pdf-forms please')).toEqual(['pdf-forms']);
});

it('picks nothing for small talk, and nothing that shares a single common word', () => {
	for (const goal of [
		'hello',
		'thanks!',
		'What is the use of a user?',
		'Summarise the notes of our meeting on gardening',
	])
		expect(chosen(goal)).toEqual([]);
});
