import { DeliveryFailure } from '@errand/core/domain/conversation/delivery-failure.ts';
import type { Receipt } from '@errand/core/domain/conversation/reply.ts';
import type { PersonId, TaskId } from '@errand/core/domain/ids.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { FrontendHost, FrontendLimits, FrontendState, IFrontend, Reply } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { FrontendMemory } from '../chat/frontend-memory.ts';
import { MediaFetcher } from './fetch-media.ts';
import { MissedTexts } from './missed-texts.ts';
import { type NumberFound, setupState } from './number-setup.ts';
import { QuickAnswers } from './quick-answers.ts';
import { MAX_SMS_LENGTH } from './render-sms.ts';
import { SmsInbox } from './sms-inbox.ts';
import { SmsNotes } from './sms-notes.ts';
import { SmsOutbox } from './sms-outbox.ts';
import { TwilioClient } from './twilio-client.ts';
import { isOutage, isUnauthorized } from './twilio-failure.ts';
import { TwilioWebhooks } from './twilio-webhooks.ts';
import type { TwilioAccount } from './variables.ts';
import { SMS_PATH, STATUS_PATH } from './webhook-paths.ts';

/** SmsParts is what the SMS frontend is built from. */
export interface SmsParts {
	readonly account: TwilioAccount;
	/** The origin under which Twilio reaches this server. */
	readonly publicUrl?: string | undefined;
	/** A signed page that shows a task to whoever has the link; its files are at `<link>/files/<artifact>`. */
	linkTo(task: TaskId, person: PersonId | undefined): string | undefined;
	/** Who wants no texts outlives restarts. */
	readonly memory: FrontendMemory;
	readonly clock: IClock;
	readonly log: ILogger;
}

const NOT_RUNNING = { kind: 'retryable', code: 'not-running', message: 'The SMS frontend is not running.' } as const;
/** How often to look for texts that the webhook did not bring, and how often where there is no webhook. */
const LOOK_MS = 5 * 60_000;
const LOOK_ALONE_MS = 20_000;
const FIRST_RECHECK_MS = 30_000;
const LAST_RECHECK_MS = 10 * 60_000;
/** While Twilio does not answer it is asked more often, because replies wait for it. */
const FIRST_OUTAGE_MS = 3_000;
const LAST_OUTAGE_MS = 30_000;

/** SmsFrontend writes texts from a Twilio number and takes those that come in. */
export class SmsFrontend implements IFrontend {
	readonly name = 'sms';
	readonly limits: FrontendLimits = {
		maxTextLength: MAX_SMS_LENGTH,
		edits: false,
		buttons: false,
		markdown: 'none',
		files: false,
		editsPerSecond: 0,
		deduplicates: 'never',
		saysWhenSending: true,
		quietMs: 5_000,
		showsTasks: false,
		push: true,
	};
	readonly #parts: SmsParts;
	#running: Running | undefined;

	constructor(parts: SmsParts) {
		this.#parts = parts;
	}

	async start(host: FrontendHost): Promise<void> {
		const { memory, account } = this.#parts;
		const [client, notes] = await Promise.all([TwilioClient.open(account), SmsNotes.open(memory)]);
		this.#running = new Running(this.#parts, host, client, notes);
		await Promise.all([this.#running.catchUp(), this.#running.check()]);
	}

	async deliver(reply: Reply, sending?: () => Promise<void>): Promise<Receipt> {
		if (this.#running === undefined) throw new DeliveryFailure(NOT_RUNNING);
		return this.#running.outbox.deliver(reply, sending);
	}

	/** What was texted stays as it is. */
	async revise(): Promise<void> {}

	async stop(): Promise<void> {
		this.#running?.stop();
		this.#running = undefined;
	}
}

/** What a started frontend holds. */
class Running {
	readonly outbox: SmsOutbox;
	readonly #parts: SmsParts;
	readonly #host: FrontendHost;
	readonly #client: TwilioClient;
	readonly #missed: MissedTexts;
	#takesPictures = false;
	#state: FrontendState = { status: 'stopped' };
	#recheckMs = 0;
	#callOff = () => {};
	#stopped = false;

	constructor(parts: SmsParts, host: FrontendHost, client: TwilioClient, notes: SmsNotes) {
		const { account, publicUrl, clock, log } = parts;
		const quick = new QuickAnswers();
		const media = new MediaFetcher(account, log);
		this.#parts = parts;
		this.#host = host;
		this.#client = client;
		this.outbox = new SmsOutbox({
			client,
			notes,
			quick,
			publicUrl,
			linkTo: (task, person) => parts.linkTo(task, person),
			takesPictures: (number) => this.#sendsPicturesTo(number),
			failed: (error) => this.#noticeFailure(error),
			clock,
			log,
		});
		const inbox = new SmsInbox({ host, ownNumber: account.phoneNumber, notes, quick, media, clock, log });
		const { outbox } = this;
		const everyMs = publicUrl === undefined ? LOOK_ALONE_MS : LOOK_MS;
		const missed = new MissedTexts({ client, inbox, notes, everyMs, clock, log });
		const reports = { account, publicUrl, client, inbox, missed, outbox, notes, host, clock, log };
		const webhooks = new TwilioWebhooks(reports);
		this.#missed = missed;
		host.mountWebhook(SMS_PATH, webhooks.sms);
		host.mountWebhook(STATUS_PATH, webhooks.status);
	}

	/** Takes what came while we were away, before anything newer. */
	catchUp(): Promise<void> {
		return this.#missed.look();
	}

	/** Looks how our number is set up, and again later while something is wrong. */
	async check(): Promise<void> {
		const { account, publicUrl } = this.#parts;
		const found = await this.#ownNumber();
		if (this.#stopped) return;
		this.#takesPictures = 'number' in found && found.number?.takesPictures === true;
		this.#report(setupState(found, account.phoneNumber, publicUrl));
		this.#checkLater('trouble' in found && isOutage(found.trouble));
	}

	stop(): void {
		this.#stopped = true;
		this.#callOff();
		this.#missed.stop();
		this.#report({ status: 'stopped' });
	}

	async #ownNumber(): Promise<NumberFound> {
		try {
			return { number: await this.#client.ownNumber() };
		} catch (error) {
			return { trouble: this.#client.trouble(error) };
		}
	}

	#checkLater(outage: boolean): void {
		this.#callOff();
		const [first, last] = outage ? [FIRST_OUTAGE_MS, LAST_OUTAGE_MS] : [FIRST_RECHECK_MS, LAST_RECHECK_MS];
		if (this.#stopped || this.#state.status === 'ready') {
			this.#recheckMs = 0;
			return;
		}
		this.#recheckMs = Math.min(Math.max(this.#recheckMs * 2, first), last);
		this.#callOff = this.#parts.clock.after(this.#recheckMs, () => void this.check());
	}

	#report(state: FrontendState): void {
		this.#state = state;
		this.#host.reportState(state);
	}

	/** One failure says little; whether Twilio is gone shows when it is asked about the number. */
	#noticeFailure(error: unknown): void {
		const trouble = this.#client.trouble(error);
		if (this.#stopped || this.#state.status !== 'ready') return;
		if (isUnauthorized(trouble)) {
			this.#report(setupState({ trouble }, this.#parts.account.phoneNumber, this.#parts.publicUrl));
			this.#checkLater(false);
		} else if (isOutage(trouble)) void this.check();
	}

	/** Picture messages exist between numbers of North America; elsewhere they arrive as a bare link or not at all. */
	#sendsPicturesTo(number: string): boolean {
		const { publicUrl, account } = this.#parts;
		const reachable = publicUrl?.startsWith('https://') === true;
		return this.#takesPictures && reachable && number.startsWith('+1') && account.phoneNumber.startsWith('+1');
	}
}
