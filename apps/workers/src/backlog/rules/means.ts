/** BY_RULES says to a person what it means that no model was at work, by kind of work. */
export const BY_RULES = {
	parse:
		'Done by rules, without a language model: the tasks follow the document’s own headings, lists and tables; dependencies and priorities are those it states.',
	expand: 'Done by rules, without a language model: the subtasks are the points that the task itself names.',
	generic:
		'Done by rules, without a language model: the task names no points of its own, so this is a general breakdown to be made specific.',
	assess:
		'Done by rules, without a language model: the score counts what can be measured (length, points, dependencies, demands, technologies named).',
	note: 'Done by rules, without a language model: what was said was added as a note, and nothing was reworded.',
	scope:
		'Done by rules, without a language model: only what the task itself marks as optional, or what was said, was changed.',
	draft: 'Done by rules, without a language model: the task is in the words it was asked for with.',
} as const;

/** BY_MODEL says the same of work that a model did. */
export const BY_MODEL = 'Done by a language model from what it was given; look it over before relying on it.';
