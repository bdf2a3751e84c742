import type { RunContext, RunModel } from '@errand/core/ports/capability.ts';
import { type Comparison, conclude } from '../../comparison/conclude.ts';
import type { Grid } from '../../comparison/grid.ts';
import { type ComparisonRequest, type LinedUp, lineUp } from '../../comparison/line-up.ts';
import { recommend, violations } from '../../comparison/recommend.ts';
import { byModelOrRules, modelFailure } from '../asking/by-model-or-rules.ts';
import { fitDocument } from '../asking/fit-document.ts';
import { inTurns } from '../asking/in-turns.ts';
import { packed } from '../asking/packed.ts';
import { roomFor, sizeOf } from '../asking/text-size.ts';
import { askAdvice } from './ask-advice.ts';
import { askCells, type Readings } from './ask-cells.ts';
import { checkAdvice } from './check-advice.ts';
import { type CheckedCells, checkCells } from './check-cells.ts';
import { settleVerdict } from './settle-verdict.ts';

/**
 * compareWithModel lines documents up by rules, lets the model fill what they missed and word the recommendation, and keeps
 * of its work what the documents bear out. First it reads the documents for cells, then it advises from the checked table.
 */
export function compareWithModel(
	model: RunModel,
	request: ComparisonRequest,
	{ progress }: Pick<RunContext, 'progress'>,
): Promise<Comparison> {
	const base = lineUp(request);
	return byModelOrRules({
		model,
		byRules: () => conclude(base.grid, recommend(base.grid, base.need)),
		byModel: async () => {
			progress({ percent: 10, text: `Reading ${request.items.length} documents with the language model` });
			const { readings, shortened } = await readCells(model, request, base);
			const checked = checkCells(base.grid, base.lexicon, readings, (request.criteria ?? []).length === 0);
			const warnings = [...checked.warnings, ...shortened.map(readInParts)];
			progress({ percent: 70, text: 'Weighing the table' });
			return advised(model, request, { ...base, grid: checked.grid }, { ...checked, warnings });
		},
	});
}

const REPLY_TOKENS = 4_000;
const ADVICE_TOKENS = 1_500;
/** What one cell takes of a reply, and one document besides its cells. */
const CELL_TOKENS = 60;
const REMARK_TOKENS = 200;
const HEAD_SIZE = 600;

function readInParts(name: string): string {
	return `${name} is long: the language model read only what speaks of the criteria.`;
}

async function readCells(
	model: RunModel,
	request: ComparisonRequest,
	{ grid }: LinedUp,
): Promise<{ readings: Readings; shortened: string[] }> {
	const maxTokens = Math.min(REPLY_TOKENS, Math.floor(model.contextTokens / 3));
	const room = roomFor(model.contextTokens, maxTokens);
	const criteria = grid.rows.map((row) => row.name);
	const about = [...criteria, request.need ?? ''].join(' ');
	const numbered = grid.offers.map(({ name, document }, index) => ({
		number: index + 1,
		name,
		document: fitDocument(document, about, room - 1_000),
	}));
	const most = Math.max(1, Math.floor(maxTokens / (criteria.length * CELL_TOKENS + REMARK_TOKENS)));
	const parts = packed(
		numbered,
		({ document }) => Math.max(sizeOf(document.markdown) + HEAD_SIZE, Math.floor(room / most)),
		room,
	);
	const readings = await inTurns(parts, (documents) =>
		askCells(model, {
			documents,
			criteria,
			open: (request.criteria ?? []).length === 0,
			need: request.need,
			asOf: request.asOf,
			room,
			maxTokens,
		}),
	);
	return {
		readings: {
			cells: readings.flatMap((reading) => reading.cells),
			remarks: readings.flatMap((reading) => reading.remarks),
		},
		shortened: numbered.flatMap(({ name, document }, index) => (document === request.items[index] ? [] : [name])),
	};
}

/** Without usable advice the model's cells still count, and the rules recommend. */
async function advised(
	model: RunModel,
	request: ComparisonRequest,
	{ grid, need }: Pick<LinedUp, 'need'> & { readonly grid: Grid },
	{ remarks, warnings, taken }: CheckedCells,
): Promise<Comparison> {
	const isUsed = taken + remarks.length > 0;
	const maxTokens = Math.min(ADVICE_TOKENS, Math.floor(model.contextTokens / 4));
	const room = roomFor(model.contextTokens, maxTokens);
	const excluded = [...violations(grid, need).values()].map((reason) => reason.text);
	try {
		const advice = await askAdvice(model, { grid, need: request.need, excluded, room, maxTokens });
		const checked = checkAdvice(grid, advice, request.need);
		const settled = settleVerdict(grid, need, checked);
		return conclude(grid, settled.verdict, {
			by: isUsed || settled.byModel ? model.name : undefined,
			remarks,
			warnings: [...warnings, ...checked.warnings, ...settled.warnings],
		});
	} catch (error) {
		const failed = modelFailure(error, model);
		if (failed === undefined) throw error;
		return conclude(grid, recommend(grid, need), {
			by: isUsed ? model.name : undefined,
			remarks,
			warnings: [...warnings, `${failed}: the recommendation is by rules.`],
		});
	}
}
