import { isOrder } from '../text/orders.ts';
import { splitSentences } from '../text/sentences.ts';
import type { LinkCandidate } from './link-candidates.ts';

/**
 * whyUseless says why a link leads to nothing worth reading, whatever the topic: menus, logins, sharing, programs, or an address
 * that carries data away. `isWanted` tells that the link's own words are about the topic, which saves a page on "privacy".
 */
export function whyUseless({ url, anchor, from }: LinkCandidate, isWanted: boolean): string | undefined {
	const address = new URL(url);
	if (address.username !== '' || address.password !== '') return 'holds a password';
	const host = address.hostname.replace(/^www\./, '');
	if (SOCIAL.test(host)) return 'social network';
	if (USELESS_FILE.test(address.pathname)) return 'no document';
	if (ACTS.test(address.pathname) || ACTS_BY_QUERY.test(address.search) || ACTS_BY_WORD.test(anchor)) {
		return 'does something instead of telling something';
	}
	if (!isSameHost(address, from.url) && carriesData(address)) return 'carries data to another site';
	if (!isWanted && (FRAME_WORD.test(anchor) || FRAME_PATH.test(address.pathname))) return 'part of the site’s frame';
	if (address.pathname === '/' && address.search === '') return 'a front page';
	return undefined;
}

/** isOrdered tells a link that stands in text which gives orders to an assistant. */
export function isOrdered({ line }: Pick<LinkCandidate, 'line'>): boolean {
	return line !== '' && splitSentences(line).some(isOrder);
}

/** isSameHost tells links within a site; `www.` makes no difference. */
export function isSameHost(address: URL, page: string | undefined): boolean {
	if (page === undefined || !URL.canParse(page)) return false;
	const bare = (host: string) => host.replace(/^www\./, '');
	return bare(new URL(page).host) === bare(address.host);
}

const SOCIAL =
	/(?:^|\.)(?:facebook|fb|twitter|x|instagram|linkedin|pinterest|tiktok|threads|reddit|tumblr|snapchat|whatsapp|wa|t|telegram|youtube|youtu|vimeo|discord|mastodon|bsky|flipboard|getpocket|addtoany|sharethis|vk|weibo)\.(?:com|org|net|me|be|app|social|gg)$/;
const USELESS_FILE =
	/\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|css|m?js|map|woff2?|ttf|eot|mp[34]|m4[av]|webm|ogg|wav|avi|mov|mkv|zip|gz|tgz|bz2|xz|7z|rar|tar|exe|msi|dmg|pkg|apk|deb|rpm|iso|bin|jar|ics|vcf|xlsx?|pptx?|epub|swf|torrent)$/i;
const ACTS =
	/\/(?:log-?in|log-?out|sign-?(?:in|up|out|on)|register|registration|account|my-?account|password|cart|basket|checkout|wp-(?:admin|login)(?:\.php)?|admin|share|print|unsubscribe|subscribe|subscriptions?|donate|oauth|sso|auth|edit|delete)(?:\/|\.\w+|$)/i;
const ACTS_BY_QUERY =
	/[?&](?:replytocom|share|print|action|logout|add-to-cart|do|cmd|oldid|diff|returnurl|redirect(?:_uri|_to)?)=/i;
const ACTS_BY_WORD =
	/^\W*(?:log ?(?:in|out)|sign ?(?:in|up|out)|register(?: now)?|create (?:an )?account|my account|subscribe\b.*|share(?: this)?(?: article| page)?|tweet(?: this)?|print(?: this)?(?: page| article)?|e-?mail(?: this)?|donate(?: now)?|add to (?:cart|basket)|buy now|accept(?: all)?(?: cookies)?|download (?:the )?app|leave a (?:comment|reply)|reply)\W*$/i;
const FRAME_WORD =
	/^\W*(?:home(?: ?page)?|start|menu|news|sports?|politics|business|culture|opinion|weather|videos?|photos?|search|site ?map|skip to .*|back(?: to .*)?|(?:to )?top|previous|newer(?: \w+)?|privacy(?: policy| notice)?|cookies?(?: policy| settings| preferences)?|terms(?: (?:of|and) .*)?|legal(?: notice)?|imprint|impressum|disclaimer|accessibility(?: statement)?|contact(?: us)?|about(?: us)?|help|faqs?|jobs|careers|advertis\w+(?: with us)?|press|newsletters?|rss(?: feed)?|feed|archive|tags?|categories|authors?|copyright.*|©.*|all rights reserved.*|english|deutsch|français|español|en|de|fr|es)\W*$/i;
const FRAME_PATH =
	/\/(?:privacy(?:-policy)?|cookies?(?:-policy)?|terms(?:-(?:of|and)-[\w-]+)?|legal(?:-notice)?|imprint|impressum|disclaimer|accessibility|contact(?:-us)?|about(?:-us)?|help|faqs?|jobs|careers|advertis\w*|newsletters?|rss|feed|sitemap|search|tags?|category|authors?)(?:\/[^/]{0,40})?\/?(?:\.\w+)?$/i;

const DATA_NAMES =
	/^(?:data|payload|secrets?|token|session(?:id)?|sid|cookies?|auth|password|pass|pwd|key|api_?key|context|prompt|conversation|history|messages?|e?mail|user(?:name|id)?|name|summary|notes?|answer|exfil\w*|leak|dump|log|c|d|x)$/i;
const LONG_VALUE = 60;

/** A query that could take something along to strangers: named as data, long, or with places to be filled in. */
function carriesData({ searchParams, href }: URL): boolean {
	if (/[{}]|%7[bd]|\$\{|\[(?:insert|your|data|the)\b/i.test(href)) return true;
	return [...searchParams].some(([name, value]) => DATA_NAMES.test(name) || value.length > LONG_VALUE);
}
