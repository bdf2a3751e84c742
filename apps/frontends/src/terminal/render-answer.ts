import { formatBytes, formatCost, formatCount } from '@errand/core/domain/amounts.ts';
import { methodWords } from '@errand/core/domain/task/method-words.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import { cleanLine } from './clean-text.ts';
import { widthOf, wrap } from './fit.ts';
import type { Paint } from './paint.ts';
import { markdownLines } from './render-markdown.ts';

/** AnswerLook is how an answer is to be drawn, and where its files are. */
export interface AnswerLook {
	readonly width: number;
	readonly paint: Paint;
	/** Where a file of the answer can be had. */
	placeOf(artifact: string): string;
}

/** endLines says how a task ended: its answer with warnings, files, sources, how it was made and what it cost, or its error and what to do. */
export function endLines(task: TaskView, look: AnswerLook): string[] {
	const { paint, width } = look;
	if (task.error !== undefined) {
		return [
			...wrap(paint.bad(`✖ ${cleanLine(task.error.message)}`), width),
			...wrap(paint.dim(cleanLine(task.error.hint)), width),
		];
	}
	if (task.result === undefined) return task.status === 'cancelled' ? [paint.dim('⊘ Stopped.')] : [];
	const { text, warnings, artifacts, sources } = task.result;
	const lines = markdownLines(text, { width, paint });
	if (warnings.length > 0) {
		lines.push('', ...warnings.flatMap((warning) => hanging(paint.ask('! '), cleanLine(warning), width)));
	}
	if (artifacts.length > 0) {
		lines.push('', paint.bold('Files'));
		for (const file of artifacts) {
			lines.push(`  ${cleanLine(file.name)} ${paint.dim(`(${formatBytes(file.bytes)})`)}`);
			lines.push(paint.dim(`    ${look.placeOf(file.id)}`));
		}
	}
	if (sources.length > 0) {
		lines.push('', paint.bold(formatCount(sources.length, 'source')));
		for (const [index, source] of sources.entries()) {
			const place = source.url === undefined ? '' : ` ${paint.dim(cleanLine(source.url))}`;
			lines.push(...hanging(`${index + 1}. `, `${cleanLine(source.title)}${place}`, width));
			if (source.quote !== undefined) {
				lines.push(...hanging('   ', paint.italic(`“${cleanLine(source.quote)}”`), width));
			}
		}
	}
	const footer = footerOf(task);
	if (footer !== '') lines.push('', ...wrap(paint.dim(footer), width));
	return lines;
}

/** How the answer was made and what it cost, where that is anything. */
function footerOf(task: TaskView): string {
	const cost = formatCost(task.cost);
	const words = methodWords(task);
	return [words === undefined ? '' : cleanLine(words), cost === '' ? '' : `Used ${cost}.`]
		.filter((part) => part !== '')
		.join(' ');
}

/** The first line begins with `lead`, the others below its text. */
function hanging(lead: string, text: string, width: number): string[] {
	const indent = widthOf(lead);
	return wrap(text, width - indent).map((line, row) => (row === 0 ? lead : ' '.repeat(indent)) + line);
}
