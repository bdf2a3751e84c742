import type { TaskId } from '../../domain/ids.ts';
import type { ModelCall, ModelTranscript, Spending, SpendingBy } from '../../ports/model-ledger.ts';
import type { ModelView } from '../../ports/model-view.ts';
import type { Principal } from './desk.ts';

export type { ModelHealth, ModelView } from '../../ports/model-view.ts';

/** IModelDesk shows which models there are and what they cost. A person sees their own spending, the owner everybody's. */
export interface IModelDesk {
	models(principal: Principal): Promise<readonly ModelView[]>;
	usage(
		principal: Principal,
		query: {
			readonly from: number;
			readonly to: number;
			readonly by: SpendingBy;
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
