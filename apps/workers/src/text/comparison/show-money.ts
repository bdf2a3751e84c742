import type { Amount, Period } from '../facts/amounts.ts';
import type { Fact } from '../facts/fact.ts';

const SIGNS: Record<string, string> = { USD: '$', EUR: '€', GBP: '£', JPY: '¥', INR: '₹' };

/** money writes an amount of a currency: `$640`, `$53.33`, `CHF 1,200`. */
export function money(value: number, unit: string): string {
	const digits = Math.abs(value % 1) < 0.005 ? 0 : 2;
	const text = value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
	return SIGNS[unit] === undefined ? `${unit} ${text}`.trim() : `${SIGNS[unit]}${text}`;
}

/** showMoney writes an amount with its period. */
export function showMoney(amount: Pick<Amount, 'value' | 'unit'>, period: Period | undefined): string {
	return period === undefined ? money(amount.value, amount.unit) : `${money(amount.value, amount.unit)} per ${period}`;
}

/** showRecurring shows a price as stated, and what it comes to per year or month, so that offers compare on one basis. */
export function showRecurring(fact: Fact, amount: Amount, period: Period | undefined): string {
	const periods = new Set(fact.amounts.map((one) => one.period));
	const stated =
		amount.period !== undefined || period === undefined || /\b(?:month|year|annum|week)/i.test(fact.value)
			? fact.value
			: `${fact.value} per ${period}`;
	if (periods.has('month') && periods.has('year')) return stated;
	if (period === 'month') return `${stated} (${money(amount.value * 12, amount.unit)} per year)`;
	if (period === 'year') return `${stated} (${money(amount.value / 12, amount.unit)} per month)`;
	return stated;
}
