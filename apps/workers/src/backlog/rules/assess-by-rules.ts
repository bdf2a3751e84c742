import { shortened } from '@errand/core/domain/shortened.ts';
import type { Assessment, GivenItem } from '@errand/core/planning/backlog/draft.ts';
import { demandIn } from '../reading/demand.ts';
import { sentencesOf } from '../reading/wording.ts';
import { pointsOf } from './points.ts';

/** assessByRules says how hard an item is by what can be measured about it, and which signs those were. */
export function assessByRules(item: GivenItem): Assessment {
	const text = [item.title, item.description, item.details, item.testStrategy].join('\n');
	const words = text.split(/\s+/).filter((word) => word !== '').length;
	const { points } = pointsOf(item);
	const demands = sentencesOf([text])
		.slice(0, 500)
		.filter((sentence) => demandIn(sentence) === 'must').length;
	const technologies = namesIn(text, TECHNOLOGIES);
	const hazards = namesIn(text, HAZARDS);
	const signs: readonly (readonly [number, string])[] = [
		[Math.min(2, words / 120), `${words} words`],
		[Math.min(2, points.length / 4), count(points.length, 'point')],
		[Math.min(1.5, item.dependencies.length * 0.5), `waits for ${count(item.dependencies.length, 'task')}`],
		[Math.min(1.5, demands * 0.3), count(demands, 'firm demand')],
		[Math.min(1.5, technologies.length * 0.4), `names ${technologies.slice(0, 6).join(', ')}`],
		[Math.min(2, hazards.length * 0.6), `touches ${hazards.slice(0, 6).join(', ')}`],
	];
	const sum = signs.reduce((total, [weight]) => total + weight, 1.5);
	const complexityScore = Math.min(10, Math.max(1, Math.round(sum)));
	const telling = signs.filter(([weight]) => weight >= 0.3).map(([, words]) => words);
	const recommendedSubtasks = Math.min(
		12,
		Math.max(complexityScore >= 8 ? 6 : complexityScore >= 5 ? 4 : 2, Math.min(8, points.length)),
	);
	const focus = hazards.length === 0 ? '' : ` Give ${hazards.slice(0, 3).join(', ')} a part of its own.`;
	return {
		taskId: Number(item.id),
		taskTitle: shortened(item.title, 300),
		complexityScore,
		recommendedSubtasks,
		expansionPrompt: `Split “${shortened(item.title, 150)}” into ${recommendedSubtasks} parts that can be done and shown one after the other.${focus}`,
		reasoning: telling.length === 0 ? 'Short, with nothing that stands out.' : `Measured: ${telling.join('; ')}.`,
	};
}

function count(number: number, word: string): string {
	return `${number} ${word}${number === 1 ? '' : 's'}`;
}

function namesIn(text: string, pattern: RegExp): string[] {
	return [...new Set([...text.slice(0, 60_000).matchAll(pattern)].map(([name]) => name.toLowerCase()))];
}

const TECHNOLOGIES =
	/\b(?:postgres(?:ql)?|mysql|sqlite|mongodb|redis|kafka|rabbitmq|elasticsearch|graphql|rest|grpc|websockets?|oauth2?|oidc|saml|sso|jwt|docker|kubernetes|terraform|aws|azure|gcp|s3|lambda|react|vue|angular|svelte|next\.?js|node(?:\.js)?|typescript|python|django|flask|rails|java|spring|kotlin|swift|flutter|rust|golang|php|laravel|stripe|paypal|twilio|webrtc|bluetooth|nfc|gps|machine learning|llm|pdf|csv|webhooks?)\b/gi;
const HAZARDS =
	/\b(?:security|encrypt(?:ion|ed)?|authenticat(?:ion|e)|authori[sz]ation|permissions?|payments?|refunds?|migrations?|real[- ]time|concurren(?:t|cy)|race conditions?|offline|sync(?:hroni[sz]ation)?|conflicts?|distributed|scal(?:e|ing|ability)|performance|latency|availability|failover|backups?|privacy|gdpr|compliance|accessibility|locali[sz]ation|time ?zones?|third[- ]party|legacy|rollback|idempoten(?:t|cy)|rate limit(?:s|ing)?)\b/gi;
