import { randomBytes } from 'node:crypto';
import { CoreError } from '../../domain/errors.ts';
import { ALL_OF_GITHUB, BUILT_IN_TEMPLATES } from '../../domain/hook/built-in-templates.ts';
import type { HookRules } from '../../domain/hook/facts.ts';
import { type CallGoal, goalOfCall, type HookCall } from '../../domain/hook/goal-of-call.ts';
import { isWholeGoal, templateProblem } from '../../domain/hook/goal-template.ts';
import { type Hook, type HookCommand, unknownHook } from '../../domain/hook/hook.ts';
import { asConversationId, type ConversationId, hookStream, type PersonId, type StreamId } from '../../domain/ids.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { ITaskDesk, Principal } from '../desks/desk.ts';
import type {
	HookChange,
	HookView,
	IHookCalls,
	IHookDesk,
	KnownHook,
	NewHook,
	SignedCall,
	TakenCall,
} from '../desks/hooks.ts';
import type { SecretOnce } from '../desks/webhooks.ts';
import { refuseGuests } from '../people/refuse-guests.ts';

interface Dependencies {
	readonly hooks: Pick<CommandHandler<Hook, HookCommand, never>, 'handle' | 'latest' | 'forget' | 'forgetAll'>;
	readonly tasks: Pick<ITaskDesk, 'submit'>;
	readonly index: IStreamIndex;
	readonly vault: ISecretVault;
	readonly clock: IClock;
	/** What a person may do; undefined for somebody who is not known any more. */
	readonly roleOf: (person: PersonId) => Promise<Principal['role'] | undefined>;
	/** Whether what is said in a conversation is said to this person. */
	readonly isOwn: (person: PersonId, conversation: ConversationId) => Promise<boolean>;
}

const MAX_HOOKS = 100;
const MAX_TEMPLATE = 5_000;
const NOT_FOR_GUESTS = 'Guests have no hooks.';

/** HookDesk lets people set up what calls from outside become, and turns such calls into tasks. */
export class HookDesk implements IHookDesk, IHookCalls {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async create(principal: Principal, request: NewHook): Promise<HookView & SecretOnce> {
		const { person } = principal;
		refuseGuests(principal, NOT_FOR_GUESTS);
		const { name, kind } = request;
		const rules = await this.#rules(person, request, {
			goal: { template: kind === 'github' ? ALL_OF_GITHUB : 'generic' },
			conversation: asConversationId(`web-${person}`),
			filter: {},
		});
		if ((await this.list(principal)).length >= MAX_HOOKS) throw tooMany();
		const given = checkedSecret(kind, request.secret);
		const reference = await this.#keep(person, name, given);
		const at = this.#deps.clock.now();
		const command = { type: 'CreateHook', at, name, person, kind, rules, secret: reference } as const;
		try {
			const { state } = await this.#deps.hooks.handle(hookStream(name), command);
			return { ...this.#shown(state), secret: given };
		} catch (error) {
			await this.#deps.vault.deleteUnder(reference);
			throw error;
		}
	}

	async list({ person }: Principal): Promise<readonly HookView[]> {
		const rows = await this.#deps.index.list({ prefix: 'hook-', person, limit: 1_000 });
		const states = await Promise.all(rows.map(({ stream }) => this.#deps.hooks.latest(stream)));
		return states.flatMap((hook) => (isThere(hook) && hook.person === person ? [this.#shown(hook)] : []));
	}

	async view(principal: Principal, name: string): Promise<HookView> {
		return this.#shown(await this.#own(principal, name));
	}

	async change(principal: Principal, name: string, change: HookChange): Promise<HookView> {
		const hook = await this.#own(principal, name);
		const { paused, ...rest } = change;
		const onlyPauses = paused === true && Object.values(rest).every((value) => value === undefined);
		if (!onlyPauses) refuseGuests(principal, NOT_FOR_GUESTS);
		const at = this.#deps.clock.now();
		const stream = hookStream(name);
		if (Object.values(rest).some((value) => value !== undefined)) {
			const rules = await this.#rules(hook.person, rest, hook);
			await this.#deps.hooks.handle(stream, { type: 'ChangeHook', at, rules });
		}
		if (paused !== undefined) await this.#deps.hooks.handle(stream, { type: paused ? 'PauseHook' : 'ResumeHook', at });
		return this.view(principal, name);
	}

	async remove(principal: Principal, name: string): Promise<void> {
		const hook = await this.#own(principal, name);
		await this.#deps.hooks.handle(hookStream(name), { type: 'DeleteHook', at: this.#deps.clock.now() });
		await this.#deps.vault.deleteUnder(secretsOf(hook.person, name));
	}

	async rotate(principal: Principal, name: string, secret: string | undefined): Promise<HookView & SecretOnce> {
		const hook = await this.#own(principal, name);
		refuseGuests(principal, NOT_FOR_GUESTS);
		const given = checkedSecret(hook.kind, secret);
		const reference = await this.#keep(hook.person, name, given);
		const command = { type: 'SetSecret', at: this.#deps.clock.now(), secret: reference } as const;
		const { state } = await this.#deps.hooks.handle(hookStream(name), command);
		const kept = new Set(state?.secrets.map((one) => one.secret));
		const dropped = hook.secrets.filter((one) => !kept.has(one.secret));
		for (const one of dropped) await this.#deps.vault.deleteUnder(one.secret);
		return { ...this.#shown(state), secret: given };
	}

	async try(principal: Principal, name: string, call: HookCall): Promise<CallGoal & Pick<HookRules, 'conversation'>> {
		const hook = await this.#own(principal, name);
		return { ...goalWithinStack(hook, call), conversation: hook.conversation };
	}

	async find(name: string): Promise<KnownHook | undefined> {
		const { hooks, vault, clock } = this.#deps;
		const hook = await hooks.latest(hookStream(name));
		if (!isThere(hook)) return undefined;
		const good = hook.secrets.filter(({ until }) => until === undefined || until > clock.now());
		const secrets = await Promise.all(good.map(({ secret }) => vault.get(secret)));
		return { kind: hook.kind, secrets: secrets.filter((secret) => secret !== undefined) };
	}

	async take(name: string, call: SignedCall): Promise<TakenCall> {
		const hook = await this.#deps.hooks.latest(hookStream(name));
		if (!isThere(hook)) throw unknownHook();
		if (hook.status === 'paused') {
			throw new CoreError('not-possible', `The hook "${name}" is paused.`, {
				hint: 'Send it again once it is resumed.',
			});
		}
		const goal = goalWithinStack(hook, call);
		if (goal.kind === 'ignored') return goal;
		const { person, conversation } = hook;
		const role = await this.#deps.roleOf(person);
		if (role === undefined) throw unknownHook();
		if (role === 'guest') throw ofGuest(name);
		// The person said beforehand what becomes of such calls, so it is their task; words of a payload are the caller's.
		const brought = {
			attachments: [{ kind: 'bytes', name: 'payload.json', type: 'application/json', content: call.body }],
			origins: [`hook:${name}`],
		} as const;
		const request = {
			goal: goal.goal,
			...('text' in hook.goal && isWholeGoal(hook.goal.text) ? {} : brought),
			conversation,
			idempotencyKey: `hook:${name}:${call.id}`,
			arriving: true,
		} as const;
		const { id, duplicate } = await this.#deps.tasks.submit({ person, role }, request);
		return { kind: 'task', id, duplicate };
	}

	/** Forgets what was folded, after a person's payloads were erased underneath. */
	forget(stream: StreamId): void {
		this.#deps.hooks.forget(stream);
	}

	forgetAll(): void {
		this.#deps.hooks.forgetAll();
	}

	/** What a request says of the rules, laid over those there are. */
	async #rules(person: PersonId, change: Omit<HookChange, 'paused'>, before: HookRules): Promise<HookRules> {
		const conversation =
			change.conversation === undefined ? before.conversation : asConversationId(change.conversation);
		if (!(await this.#deps.isOwn(person, conversation))) {
			throw new CoreError('unknown-conversation', `You have no conversation "${conversation.slice(0, 100)}".`, {
				hint: `Use web-${person}, or one in which you have written.`,
			});
		}
		return { goal: checkedGoal(change) ?? before.goal, conversation, filter: change.filter ?? before.filter };
	}

	async #own({ person }: Principal, name: string): Promise<Hook> {
		const hook = await this.#deps.hooks.latest(hookStream(name));
		if (isThere(hook) && hook.person === person) return hook;
		throw unknownHook();
	}

	async #keep(person: PersonId, name: string, secret: string): Promise<string> {
		const reference = `${secretsOf(person, name)}${randomBytes(8).toString('hex')}`;
		await this.#deps.vault.put(reference, secret);
		return reference;
	}

	#shown(hook: Hook | undefined): HookView {
		if (hook === undefined) throw unknownHook();
		const { name, kind, goal, conversation, filter, status, createdAt, secrets } = hook;
		const now = this.#deps.clock.now();
		return {
			name,
			path: `/hooks/${name}`,
			kind,
			...('text' in goal ? { goal: goal.text } : { template: goal.template }),
			conversation,
			filter,
			status: status === 'active' ? 'active' : 'paused',
			createdAt,
			secrets: secrets.filter(({ until }) => until === undefined || until > now).length,
		};
	}
}

function isThere(hook: Hook | undefined): hook is Hook {
	return hook !== undefined && hook.status !== 'deleted';
}

function secretsOf(person: PersonId, name: string): string {
	return `${person}/hook/${name}/`;
}

function checkedGoal({ goal: text, template }: HookChange): HookRules['goal'] | undefined {
	if (text !== undefined && template !== undefined) {
		throw invalid('The hook has a goal and a template.', 'Give one of them.');
	}
	if (template !== undefined) {
		if (template === ALL_OF_GITHUB || Object.hasOwn(BUILT_IN_TEMPLATES, template)) return { template };
		const known = [ALL_OF_GITHUB, ...Object.keys(BUILT_IN_TEMPLATES)].join(', ');
		throw invalid(`There is no template "${template.slice(0, 100)}".`, `There are ${known}.`);
	}
	if (text === undefined) return undefined;
	const problem = templateProblem(text);
	if (text.trim() === '') throw invalid('The goal is empty.', 'Write what is to be done with a call.');
	if (text.length > MAX_TEMPLATE) throw invalid(`The goal has ${text.length} characters.`, `At most ${MAX_TEMPLATE}.`);
	if (problem !== undefined) throw invalid(`The goal cannot be used: ${problem}.`, 'Mend it and send it again.');
	return { text };
}

function checkedSecret(kind: Hook['kind'], given: string | undefined): string {
	if (given === undefined) {
		return kind === 'standard' ? `whsec_${randomBytes(32).toString('base64')}` : randomBytes(32).toString('hex');
	}
	const bytes = kind === 'standard' ? Buffer.from(given.replace(/^whsec_/, ''), 'base64').length : given.length;
	if (bytes >= 16 && given.length <= 500) return given;
	const shape = kind === 'standard' ? 'whsec_ and then at least 16 bytes in base64' : '16 to 500 characters';
	throw invalid('The secret cannot be used.', `It is to be ${shape}.`);
}

/** A payload nested thousands deep exhausts the stack; that is the caller's mistake, not a fault here. */
function goalWithinStack(hook: Hook, call: HookCall): CallGoal {
	try {
		return goalOfCall(hook, call);
	} catch (error) {
		if (error instanceof RangeError) throw invalid('The payload is nested too deeply.', 'Send a flatter one.');
		throw error;
	}
}

function invalid(message: string, hint: string): CoreError {
	return new CoreError('invalid-input', message, { hint });
}

/** Whoever became a guest keeps what they set up, and it rests. */
function ofGuest(name: string): CoreError {
	return new CoreError(
		'not-possible',
		`The hook "${name}" rests: its person is a guest now, and guests have no hooks.`,
		{
			hint: 'Send it again once they are a member again.',
		},
	);
}

function tooMany(): CoreError {
	return new CoreError('not-possible', `You have ${MAX_HOOKS} hooks; there may not be more.`, {
		hint: 'Delete one that is not needed any more.',
	});
}
