import type { Paint } from './paint.ts';
import { markdownLines } from './render-markdown.ts';

/** DraftLook is how the answer so far is to be drawn; `height` is the room there is. */
export interface DraftLook {
	readonly paint: Paint;
	readonly width: number;
	readonly height: number;
}

/** draftLines draws the answer as far as it is written: as much of its end as there is room for. */
export function draftLines(draft: string, look: DraftLook): string[] {
	const room = Math.max(1, look.height);
	// Far more text than fits is not laid out ten times a second; a blank line is where Markdown may be cut.
	const most = room * look.width * 4;
	const cut = draft.length > most ? draft.indexOf('\n\n', draft.length - most) : 0;
	const lines = markdownLines(cut > 0 ? draft.slice(cut) : draft, look);
	if (lines.length <= room && cut <= 0) return lines;
	return [look.paint.dim('⋮'), ...lines.slice(-(room - 1))].slice(0, room);
}
