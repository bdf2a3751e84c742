import { CoreError, describeError } from '../../domain/errors.ts';
import type { PersonId } from '../../domain/ids.ts';
import { queryWords } from '../../domain/memory/search-words.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IPlanner, PlanOutcome, PlanRequest } from '../../ports/planner.ts';
import { inputWords } from './input-words.ts';
import type { IWorkflowOffers, WorkflowOffer } from './workflow-offers.ts';

interface Dependencies {
	/** Plans whatever is no saved workflow. */
	readonly otherwise: IPlanner;
	/** Quick, and without loading anything. */
	readonly hasSaved: (person: PersonId) => Promise<boolean>;
	/** Opens the library. */
	readonly offers: () => Promise<IWorkflowOffers>;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** Longer (ms) nobody waits for an offer; opening the library, once in a process, may take some more. */
const PATIENCE_MS = 400;
const OPENING_MS = 2_000;
const MIN_WORDS = 2;

const RUN = 'Run it';
const AFRESH = 'Plan afresh';
const NEVER = 'Never for this';
const ASKED = /^This looks like your workflow "([a-z0-9][a-z0-9-]{0,62})"/;
const LACKED = /^The workflow "[a-z0-9][a-z0-9-]{0,62}" needs `(\w{1,63})`/;

/**
 * OfferingPlanner offers a person's own workflow where their goal is like one they saved: it asks once in a task, and keeps a
 * "never". What says the same and changes nothing in the world it runs at once, and says so. Everything else is planned as ever.
 */
export class OfferingPlanner implements IPlanner {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async plan(request: PlanRequest, signal: AbortSignal): Promise<PlanOutcome> {
		const offered = request.answers.flatMap(({ question, answer }) => {
			const name = ASKED.exec(question)?.[1];
			return name === undefined ? [] : [{ name, answer: String(answer) }];
		})[0];
		const outcome = offered === undefined ? await this.#offer(request) : await this.#answered(request, offered);
		if (outcome !== undefined) return outcome;
		const answers = request.answers.filter(({ question }) => !ASKED.test(question) && !LACKED.test(question));
		return this.#deps.otherwise.plan(offered === undefined ? request : { ...request, answers }, signal);
	}

	async #offer(request: PlanRequest): Promise<PlanOutcome | undefined> {
		const { person, goal } = request;
		if (request.spoken !== true || request.answers.length > 0 || request.attachments.length > 0) return undefined;
		if (queryWords(goal).length < MIN_WORDS) return undefined;
		try {
			if (!(await this.#deps.hasSaved(person))) return undefined;
			const offers = await this.#within(OPENING_MS, this.#deps.offers());
			const offer = offers && (await this.#within(PATIENCE_MS, offers.find(person, goal)));
			if (offer === undefined || offers === undefined) return undefined;
			if (!offer.certain) return asking(offer);
			const note = `This is your workflow "${offer.name}"${inputWords(offer.input)}, so I run it`;
			return { kind: 'plan', method: 'rules', note, ...(await offers.plan(person, offer.name, offer.input)) };
		} catch (error) {
			// An offer is a courtesy; the goal is planned all the same.
			this.#deps.log.warn('no workflow offered', { error: describeError(error) });
			return undefined;
		}
	}

	async #answered(
		{ person, goal, answers }: PlanRequest,
		{ name, answer }: { readonly name: string; readonly answer: string },
	): Promise<PlanOutcome | undefined> {
		if (answer !== RUN && answer !== NEVER) return undefined;
		const offers = await this.#deps.offers();
		if (answer === NEVER) {
			// One that was removed meanwhile is offered for nothing anyway.
			if ((await offers.named(person, name, goal)) !== undefined) await offers.decline(person, name, goal);
			return undefined;
		}
		const offer = await offers.named(person, name, goal);
		if (offer === undefined) {
			throw new CoreError('unknown-workflow', `The workflow "${name}" is not there any more, or was switched off.`, {
				hint: 'Give the goal again to have it planned afresh.',
			});
		}
		const said = answers.flatMap(({ question, answer: value }) => {
			const parameter = LACKED.exec(question)?.[1];
			return parameter === undefined ? [] : [[parameter, String(value)] as const];
		});
		const lacked = offer.missing.filter((one) => !said.some(([parameter]) => parameter === one.name));
		if (lacked.length > 0) return lacking(name, lacked);
		const input = offers.completed(offer, Object.fromEntries(said));
		const note = `Running your workflow "${name}"${inputWords(input)}`;
		return { kind: 'plan', method: 'rules', note, ...(await offers.plan(person, name, input)) };
	}

	async #within<T>(ms: number, wanted: Promise<T>): Promise<T | undefined> {
		const { promise: late, resolve } = Promise.withResolvers<undefined>();
		const callOff = this.#deps.clock.after(ms, () => resolve(undefined));
		// Whoever comes too late is not waited for, whatever becomes of it.
		wanted.catch(() => undefined);
		try {
			return await Promise.race([wanted, late]);
		} finally {
			callOff();
		}
	}
}

const BY = 'rules:saved-workflow';

function asking({ name, title, input }: WorkflowOffer): PlanOutcome {
	const called = title.toLowerCase() === name ? '' : `, ${title}`;
	const text = `This looks like your workflow "${name}"${called}${inputWords(input)}. Run it?`;
	return { kind: 'ask', by: BY, questions: [{ kind: 'choice', text, choices: [RUN, AFRESH, NEVER] }] };
}

function lacking(workflow: string, missing: WorkflowOffer['missing']): PlanOutcome {
	const questions = missing.map(({ name, description }) => {
		const more = description === undefined ? '.' : `: ${description}`;
		return { kind: 'text' as const, text: `The workflow "${workflow}" needs \`${name}\`${more}` };
	});
	return { kind: 'ask', by: BY, questions };
}
