/** Steering is what a message says about a task that is running. */
export type Steering = 'stop' | 'status' | 'change' | 'unclear' | 'new';

const STOP =
	/^(?:please )?(?:stop|cancel|abort|quit|never ?mind|forget (?:it|that|about it))(?: (?:it|that|this|please|the task))?$/;
const STATUS =
	/^(?:status|progress|(?:any )?(?:news|updates?)|how(?:'s| is) it going|how far are you|are you (?:done|ready|there|still (?:there|working|on it))(?: yet)?|what(?:'s| is) (?:the status|taking so long)|still (?:there|working))$/;
const CHANGE =
	/^(?:also|and|plus|but|instead|rather|actually|wait|no|sorry|oh|make (?:it|that|them|sure)|use|include|exclude|without|with|only|just|focus|add|skip|leave|drop|ignore|change|keep|don'?t|do not|please (?:also|include|use|add|make|keep|focus|skip|don'?t)|in (?:english|german|french|spanish|italian)|as (?:a|an) |(?:a )?(?:bit )?(?:shorter|longer|simpler|cheaper|newer|more|less|fewer)\b)/;
/** A message of its own begins with what is to be done. */
const REQUEST =
	/^(?:please |can you |could you |would you |i (?:need|want)(?: you)? (?:to )?|help me )?(?:research|compare|summari[sz]e|sum up|find|search|look|read|write|draft|prepare|watch|monitor|check|translate|explain|tell|show|list|analy[sz]e|review|improve|fix|book|order|buy|send|remind|get|fetch|download|visit|open|plan|make a|create|build|calculate|convert|what|who|when|where|why|how|which|is|are|does|do|did|will|hello|hi|hey|thanks|thank)\b/;

/** A few words that neither ask for something nor change something may be either. */
const MAX_UNCLEAR_WORDS = 6;

/**
 * steeringOf reads a message that arrives while a task is running, by words a person can foresee: stop it, ask how it stands,
 * change it, or give a new task; a few words that could be a change or a task are `unclear`, and the person is asked.
 */
export function steeringOf(text: string): Steering {
	const said = plain(text);
	if (STOP.test(said)) return 'stop';
	if (STATUS.test(said)) return 'status';
	if (/https?:\/\//.test(said) || REQUEST.test(said)) return 'new';
	if (CHANGE.test(said)) return 'change';
	return said.split(/\s+/).length <= MAX_UNCLEAR_WORDS ? 'unclear' : 'new';
}

/** changedGoal is the goal of a task after the person added to it. */
export function changedGoal(goal: string, words: string): string {
	return [goal.trim(), words.trim()].filter((part) => part !== '').join('\n\n');
}

/** Only the beginning matters, and short texts are compared whole. */
function plain(text: string): string {
	return text
		.slice(0, 300)
		.trim()
		.toLowerCase()
		.replaceAll('’', "'")
		.replace(/[.!?,\s]{1,10}$/, '');
}
