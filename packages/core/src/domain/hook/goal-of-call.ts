import type { Json } from '../json.ts';
import { conditionHolds } from '../task/condition.ts';
import { ALL_OF_GITHUB, BUILT_IN_TEMPLATES, type BuiltInTemplate } from './built-in-templates.ts';
import type { HookRules } from './facts.ts';
import { type RenderedGoal, renderGoal, valueIn } from './goal-template.ts';

/** HookCall is one call of a hook after its signature was checked. */
export interface HookCall {
	/** As the caller names it, with its action: `issues.opened`. */
	readonly event?: string | undefined;
	readonly payload: Json;
}

/** CallGoal is what a call becomes: a goal, or nothing and why. */
export type CallGoal = ({ readonly kind: 'goal' } & RenderedGoal) | { readonly kind: 'ignored'; readonly why: string };

/** goalOfCall says what a hook makes of a call. */
export function goalOfCall(hook: HookRules & { readonly name: string }, call: HookCall): CallGoal {
	const { events, when } = hook.filter;
	const { event = '', payload } = call;
	if (events !== undefined && !events.some((wanted) => isEvent(event, wanted))) {
		return ignored(`The event "${shorten(event)}" is not among those this hook takes.`);
	}
	if (when !== undefined && !conditionHolds(when, (path) => valueIn(payload, path))) {
		return ignored('The payload does not fit the condition of this hook.');
	}
	const template = templateFor(hook.goal, call);
	if (template === undefined) return ignored(`There is no goal for the event "${shorten(event)}".`);
	const rendered = renderGoal(template, payload, { $hook: hook.name, $event: event });
	return rendered.goal === '' ? ignored('The template gives an empty goal for it.') : { kind: 'goal', ...rendered };
}

/** eventName joins a platform's event with the action in its payload: `issues` and `opened` are `issues.opened`. */
export function eventName(event: string, payload: Json): string {
	const action = valueIn(payload, 'action');
	return typeof action === 'string' && /^\w{1,50}$/.test(action) ? `${event}.${action}` : event;
}

function templateFor(goal: HookRules['goal'], call: HookCall): string | undefined {
	if ('text' in goal) return goal.text;
	if (goal.template === ALL_OF_GITHUB) {
		return Object.values(BUILT_IN_TEMPLATES).find((template) => template.event !== undefined && fits(template, call))
			?.goal;
	}
	const template = Object.hasOwn(BUILT_IN_TEMPLATES, goal.template) ? BUILT_IN_TEMPLATES[goal.template] : undefined;
	return template !== undefined && fits(template, call) ? template.goal : undefined;
}

function fits({ event, when }: BuiltInTemplate, call: HookCall): boolean {
	if (event !== undefined && !isEvent(call.event ?? '', event)) return false;
	return when === undefined || conditionHolds(when, (path) => valueIn(call.payload, path));
}

/** `issues` covers `issues.opened`. */
function isEvent(event: string, wanted: string): boolean {
	return event === wanted || event.startsWith(`${wanted}.`);
}

function shorten(text: string): string {
	return text.slice(0, 100);
}

function ignored(why: string): CallGoal {
	return { kind: 'ignored', why };
}
