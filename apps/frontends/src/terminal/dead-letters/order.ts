import { CoreError } from '@errand/core/domain/errors.ts';

/** LetterOrder is what was typed after `npm run dead-letters --`. */
export type LetterOrder =
	| { readonly kind: 'help' }
	| { readonly kind: 'list' }
	| { readonly kind: 'show'; readonly id: string }
	| { readonly kind: 'replay' | 'drop'; readonly ids: readonly string[] };

export const LETTERS_USAGE = `Usage: npm run dead-letters -- [list | show ID | replay ID… | drop ID…]

  list            your steps that gave up
  show ID         one of them: its failure, its input, how its attempts went
  replay ID…      runs it again; what was done stays done
  drop ID…        leaves it out; its task goes on without it, as far as that goes

"all" in place of ids means all of them. It asks the server that runs on the data directory, or the one at ERRAND_URL with
ERRAND_TOKEN. Exit codes: 0 done, 1 refused, 2 wrong use or no server.`;

/** parseLetterOrder reads the command line; throws CoreError on what it does not know. */
export function parseLetterOrder(words: readonly string[]): LetterOrder {
	const [verb = 'list', ...ids] = words;
	switch (verb) {
		case '--help':
		case '-h':
		case 'help':
			return { kind: 'help' };
		case 'list':
			if (ids.length === 0) return { kind: 'list' };
			break;
		case 'show':
			if (ids[0] !== undefined && ids.length === 1) return { kind: 'show', id: ids[0] };
			break;
		case 'replay':
		case 'drop':
			if (ids.length > 0) return { kind: verb, ids };
			break;
	}
	throw new CoreError('invalid-input', `"${words.join(' ')}" is not understood.`, { hint: LETTERS_USAGE });
}
