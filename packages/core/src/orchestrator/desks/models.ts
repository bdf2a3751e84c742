import type { TaskId } from '../../domain/ids.ts';
import type { ModelCall, ModelTranscript, Spending } from '../../ports/model-ledger.ts';
import type { Principal } from './desk.ts';

/** ModelHealth is how a model stands: `unknown` until it was asked or looked at. */
export type ModelHealth = 'up' | 'slow' | 'down' | 'unknown';

/** ModelView is a model as people see it. */
export interface ModelView {
	/** `<provider>/<model>` */
	readonly name: string;
	readonly provider: string;
	readonly tiers: readonly ('small' | 'middle' | 'large' | 'embedding')[];
	/** US dollars for a million tokens; undefined where not known. */
	readonly price?:
		| { readonly input: number; readonly output: number; readonly cachedInput?: number | undefined }
		| undefined;
	readonly contextTokens: number;
	readonly health: ModelHealth;
	/** Since when, ms since 1970. */
	readonly since: number;
	/** Why it is down or slow. */
	readonly trouble?: string | undefined;
	/** Median ms to the first word of late. */
	readonly firstMs?: number | undefined;
	readonly running: number;
	readonly waiting: number;
}

/** IModelDesk shows which models there are and what they cost. A person sees their own spending, the owner everybody's. */
export interface IModelDesk {
	models(principal: Principal): Promise<readonly ModelView[]>;
	usage(
		principal: Principal,
		query: {
			readonly from: number;
			readonly to: number;
			readonly by: 'day' | 'model' | 'purpose' | 'person' | 'task' | 'step';
			readonly task?: TaskId | undefined;
		},
	): Promise<readonly Spending[]>;
	calls(
		principal: Principal,
		query: { readonly task?: TaskId | undefined; readonly before?: string | undefined; readonly limit: number },
	): Promise<readonly ModelCall[]>;
	/** `not-found` where none was kept. */
	transcript(principal: Principal, call: string): Promise<ModelTranscript>;
	/** The model that all of a person's work goes to; undefined leaves it to Errand. */
	pinned(principal: Principal): Promise<string | undefined>;
	pin(principal: Principal, model: string | undefined): Promise<void>;
}
