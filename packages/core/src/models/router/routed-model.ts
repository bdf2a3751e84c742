import type { ILanguageModel } from '../../ports/language-model.ts';
import type { TokenPrice } from '../token-price.ts';

/** ModelTier is how able a model is: small ones classify and talk, middle ones plan, large ones design; others make vectors only. */
export type ModelTier = 'small' | 'middle' | 'large' | 'embedding';

/** ProviderLimits bound what is asked of one provider; undefined for no bound. */
export interface ProviderLimits {
	/** Calls at once. */
	readonly concurrency?: number | undefined;
	readonly requestsPerMinute?: number | undefined;
	readonly tokensPerMinute?: number | undefined;
}

/** RoutedModel is one model that requests can go to, and what is known of it before it is asked. */
export interface RoutedModel {
	/** `<provider>/<model>` */
	readonly name: string;
	/** Models of one provider share its limits, and are down together. */
	readonly provider: string;
	readonly limits: ProviderLimits;
	readonly tiers: readonly ModelTier[];
	/** Goes before others of its tier, smallest first. */
	readonly rank: number;
	readonly price: TokenPrice | undefined;
	/** Whether a request may hold pictures. */
	readonly images: boolean;
	readonly model: ILanguageModel;
	/** Its provider is the operator's own: looks at it cost nobody anything and may come often. */
	readonly isAtHome?: boolean | undefined;
	/** Asks the provider whether it is there, at no cost; rejects with CoreError when it is not. */
	probe(signal: AbortSignal): Promise<void>;
}
