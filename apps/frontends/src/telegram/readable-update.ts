import type { Update } from 'grammy/types';
import { z } from 'zod';

const Id = z.int();
const Place = z.int().min(0);
const Someone = z.looseObject({
	id: Id,
	is_bot: z.boolean(),
	first_name: z.string(),
	last_name: z.string().optional(),
	username: z.string().optional(),
});
const Entities = z.array(
	z.looseObject({
		type: z.string(),
		offset: Place,
		length: Place,
		url: z.string().optional(),
		user: z.looseObject({ id: Id }).optional(),
	}),
);
const File = z.looseObject({
	file_id: z.string(),
	file_name: z.string().optional(),
	mime_type: z.string().optional(),
	file_size: z.number().optional(),
});
const Buttons = z.looseObject({
	inline_keyboard: z.array(z.array(z.looseObject({ text: z.string(), callback_data: z.string().optional() }))),
});
const Shown = {
	message_id: Id,
	chat: z.looseObject({ id: Id, type: z.string() }),
	message_thread_id: Id.optional(),
	is_topic_message: z.boolean().optional(),
	reply_markup: Buttons.optional(),
};
const Message = z.looseObject({
	...Shown,
	date: z.number(),
	from: Someone.optional(),
	text: z.string().optional(),
	entities: Entities.optional(),
	caption: z.string().optional(),
	caption_entities: Entities.optional(),
	media_group_id: z.string().optional(),
	photo: z
		.array(File.extend({ width: z.number(), height: z.number() }))
		.min(1)
		.optional(),
	document: File.optional(),
	animation: File.optional(),
	audio: File.optional(),
	voice: File.optional(),
	video: File.optional(),
	video_note: File.optional(),
	reply_to_message: z.looseObject({ ...Shown, from: Someone.optional() }).optional(),
});
const Press = z.looseObject({
	id: z.string(),
	from: Someone,
	data: z.string().optional(),
	message: z.looseObject(Shown).optional(),
});
const Readable = z.looseObject({ update_id: Id, message: Message.optional(), callback_query: Press.optional() });

/** isReadable tells whether everything that is read of an update is what Telegram says it is; the rest may be anything. */
export function isReadable(update: Update): boolean {
	return Readable.safeParse(update).success;
}
