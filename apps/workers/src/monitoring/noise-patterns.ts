/** Noise names what changes on a page by itself, without the page saying anything new. */
export type Noise = 'dates' | 'counters' | 'tokens' | 'links';

/** NoisePattern replaces one kind of noise in a line by a mark. */
export interface NoisePattern {
	readonly noise: Noise;
	readonly pattern: RegExp;
	/** What it becomes; of a group that is to stay, `$1`. */
	readonly by: string;
}

const MONTH =
	'(?:jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|mar(?:ch|s)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)\\.?';
const WEEKDAY =
	'(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\\.?|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag';
const CLOCK =
	'\\d{1,2}[:.h]\\d{2}(?::\\d{2}(?:\\.\\d{1,6})?)?(?:\\s?[ap]\\.?m\\.?)?(?:\\s?(?:utc|gmt|cest?|e[sd]t|p[sd]t|c[sd]t|m[sd]t|bst|ist|uhr|z)\\b)?';
const DAY = [
	'\\d{4}-\\d{2}-\\d{2}(?:t\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?(?:z|[+-]\\d{2}:?\\d{2})?)?',
	`\\d{1,2}(?:st|nd|rd|th|\\.)?\\s(?:of\\s)?${MONTH}(?:,?\\s\\d{4})?`,
	`${MONTH}\\s\\d{1,2}(?:st|nd|rd|th)?(?:,?\\s\\d{4})?`,
	'\\d{1,2}[./-]\\d{1,2}[./-]\\d{2,4}',
	'today|yesterday|heute|gestern',
].join('|');

/** A date, a time of the day, or both, as pages write them. */
const STAMP = `(?:(?:(?:${WEEKDAY}),?\\s)?(?:${DAY})(?:\\s?(?:,|at|um|-|\\||·|@)?\\s?${CLOCK})?|(?:(?:${WEEKDAY}),?\\s)?${CLOCK})`;

const AGE = '(?:about |over |almost |nearly )?(?:an?|one|a few|few|several|\\d{1,4})';
const SPAN = '(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|mo|mos|months?|y|yrs?|years?)';
const LABEL =
	"(?:last\\s)?(?:updated?|modified|edited|changed|checked|reviewed|refreshed|generated|retrieved|fetched|accessed|rendered|cached|published|posted|as of|as at|valid at|stand|aktualisiert|zuletzt geändert|(?:server|current|local|system) time|today(?:'s date)? is|it is now|mis à jour|actualizado)";
const NUMBER = "\\d{1,3}(?:[,.' ]\\d{3})+|\\d+(?:\\.\\d+)?";
const COUNT = `(?<![$€£¥₹\\d.,])(?:${NUMBER})\\s?[km]?\\+?`;
const COUNTED =
	'(?:(?:page |total |unique |profile )?views?|likes?|dislikes?|shares?|comments?|replies|reply|responses?|reactions?|retweets?|reposts?|followers?|subscribers?|claps?|upvotes?|downvotes?|votes?|points?(?= by)|readers?|reads?|visitors?|visits|hits|downloads|(?:users?|members?|guests?|people) (?:are )?(?:currently )?(?:online|active)|bookmarks|favou?rites|(?:customer |global )?ratings?|(?:customer )?reviews?|aufrufe|kommentare?|mal gelesen)';
const TOKEN =
	'(?:csrf|xsrf|nonce|(?:csrf|xsrf|access|auth|form|request|security)[ _-]?token|session[ _-]?id|phpsessid|jsessionid|request[ _-]?id|ray id|trace[ _-]?id|correlation[ _-]?id|build[ _-]?(?:id|hash)|cache[ _-]?key|etag)';

/** NOISE_PATTERNS are tried in this order on lines whose quotes and dashes were made plain and whose letters are small. */
export const NOISE_PATTERNS: readonly NoisePattern[] = [
	{
		noise: 'tokens',
		pattern: new RegExp(`\\b${TOKEN}\\b["']?\\s*[:=#]?\\s*["']?(?=[\\w+/=.-]*\\d)[\\w+/=.-]{6,}["']?`, 'g'),
		by: '⟨token⟩',
	},
	{ noise: 'tokens', pattern: /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, by: '⟨token⟩' },
	{
		noise: 'dates',
		pattern: new RegExp(
			`\\b(?:${AGE} ?${SPAN} ago|just now|moments? ago|(?:il y a|hace|vor) (?:\\d{1,4}|einer|einem|une?|una?) \\p{L}{1,12})(?![\\p{L}\\d])`,
			'gu',
		),
		by: '⟨date⟩',
	},
	{
		noise: 'dates',
		pattern: new RegExp(
			`(?<![\\p{L}\\d])(?:${LABEL})(?:\\s(?:on|at|by|am|le|el|since))?\\s?:?\\s?${STAMP}(?![\\p{L}\\d])`,
			'gu',
		),
		by: '⟨date⟩',
	},
	{ noise: 'dates', pattern: /((?:©|\(c\)|copyright)(?: ©| \(c\))? ?)(?:\d{4} ?- ?)?\d{4}/g, by: '$1⟨date⟩' },
	{
		noise: 'dates',
		pattern:
			/\b(?:page )?(?:generated|rendered|served|loaded|executed|query took|took) (?:in )?\d+(?:\.\d+)? ?(?:ms|s|secs?|seconds?|milliseconds?)\b/g,
		by: '⟨date⟩',
	},
	{
		noise: 'counters',
		pattern: new RegExp(
			`${COUNT}\\s?(?:people|persons|others|users|shoppers|customers|visitors)(?= (?:are|is|have|has|like|liked|viewed|bought|watched|looking|watching|viewing|found|recommend)\\b)`,
			'g',
		),
		by: '⟨count⟩ people',
	},
	{ noise: 'counters', pattern: new RegExp(`${COUNT}\\s?${COUNTED}(?![\\p{L}\\d])`, 'gu'), by: '⟨count⟩' },
	{
		noise: 'counters',
		pattern: new RegExp(`(?<![\\p{L}\\d])${COUNTED}\\s?[:(]\\s?(?:${NUMBER})\\s?[km]?\\+?(?![\\d.,]|\\s?[$€£])`, 'gu'),
		by: '⟨count⟩',
	},
];

/** DATE_ALONE is a line that is a date or a time and nothing else. */
export const DATE_ALONE = new RegExp(`^(?:${STAMP}|⟨date⟩)(?:\\s?[|·,-]?\\s?(?:${STAMP}|⟨date⟩))*$`);
