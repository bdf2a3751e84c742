import { CoreError } from '@errand/core/domain/errors.ts';
import type { PieceRequest } from '../../writing/piece.ts';
import type { WritingParts } from './find-points.ts';
import type { Grounds } from './grounds.ts';
import { LiveDraft } from './live-draft.ts';
import type { MarkedContradiction } from './marked-contradictions.ts';
import { type PieceFormat, WRITING, writingMessages } from './writing-messages.ts';
import type { WritingRoom } from './writing-room.ts';

/** streamDraft has the text written, with what stands of it so far as partials; `wasCut` tells that the model had more to say. */
export async function streamDraft(
	format: PieceFormat,
	request: PieceRequest,
	parts: WritingParts & { grounds: Grounds; contradictions: readonly MarkedContradiction[]; room: WritingRoom },
): Promise<{ draft: LiveDraft; wasCut: boolean }> {
	const { corpus, model, context, grounds, contradictions, room } = parts;
	const rules = { grounds, everyLineCites: format !== 'email' && grounds.cited.length > 0 };
	let draft = new LiveDraft(rules);
	let shown = '';
	const show = (text: string) => {
		shown = text;
		context.progress({ partial: text });
	};
	const reply = await model.reply(
		{
			purpose: WRITING,
			messages: writingMessages(format, request, {
				grounds,
				contradictions,
				documents: corpus.documents,
				room: room.text,
			}),
			maxTokens: room.reply,
		},
		{
			onText(piece) {
				draft.add(piece);
				const { text } = draft;
				// A few letters more are not worth sending the whole text again.
				if (shown === '' || text.length < shown.length || text.length >= shown.length + LEAST_SHOWN) show(text);
			},
			onRestart() {
				draft = new LiveDraft(rules);
				show('');
			},
		},
	);
	context.signal.throwIfAborted();
	if (reply.finish === 'refusal') {
		throw new CoreError(
			'model-refused',
			`The language model would not write this: “${reply.text.trim().slice(0, 300)}”.`,
			{
				hint: 'Word the goal differently, or configure another model with OPENAI_MODEL.',
			},
		);
	}
	if (reply.text.trim() === '') {
		throw new CoreError('model-reply', 'The language model was asked for a text and wrote nothing.', {
			hint: 'Try again, or configure a more able model with OPENAI_MODEL.',
		});
	}
	// The reply counts; what was streamed may lack a piece.
	if (draft.written !== reply.text) {
		draft = new LiveDraft(rules);
		draft.add(reply.text);
	}
	draft.finish(reply.finish === 'length');
	if (draft.text !== shown) show(draft.text);
	return { draft, wasCut: reply.finish === 'length' };
}

const LEAST_SHOWN = 12;
