import { countWords } from './page-change.ts';

const STAND_IN =
	/^(?:just a moment|attention required|access denied|request blocked|are you a robot|verify(?:ing)? (?:that )?you are (?:a )?human|checking your browser|please (?:enable|turn on) (?:javascript|cookies)|(?:the )?(?:service|site|website|page|server) (?:is )?(?:currently |temporarily )?(?:unavailable|down|offline|overloaded)|temporarily unavailable|(?:we(?:'re| are) )?(?:down for |under )?(?:scheduled |planned )?maintenance|(?:we(?:'ll| will) )?be (?:right )?back (?:soon|shortly)|(?:error |http )?(?:5\d\d|4\d\d)\b.{0,40}$|(?:bad gateway|gateway time-?out|internal server error|too many requests|service unavailable)|(?:oops|sorry)\b.{0,40}(?:wrong|not found|error)|(?:page|file) not found|not found$)/i;
/** What a site puts in the place of a page is short. */
const MAX_WORDS = 150;

/** whyNotThePage says what stands in the place of a page although the site answered that all is well; undefined where it is the page. */
export function whyNotThePage(
	now: { readonly title: string; readonly markdown: string },
	before: { readonly markdown: string } | undefined,
): string | undefined {
	const words = countWords(now.markdown);
	if (words === 0) return before !== undefined && countWords(before.markdown) > 0 ? 'the page was empty' : undefined;
	if (words > MAX_WORDS) return undefined;
	const said = firstLines(now).find((line) => STAND_IN.test(line));
	// Who watches such a page from the beginning wants to know of its changes.
	if (said === undefined || (before !== undefined && standsIn(before.markdown))) return undefined;
	return `the site shows “${said.slice(0, 100)}” in its place`;
}

function standsIn(markdown: string): boolean {
	return countWords(markdown) <= MAX_WORDS && firstLines({ title: '', markdown }).some((line) => STAND_IN.test(line));
}

function firstLines({ title, markdown }: { readonly title: string; readonly markdown: string }): string[] {
	const lines = markdown.split('\n').map((line) => line.replace(/^[#>\s*-]+/, '').trim());
	return [title, ...lines.filter((line) => line !== '').slice(0, 2)].filter((line) => line !== '');
}
