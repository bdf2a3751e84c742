import type { Message } from 'grammy/types';

/** IncomingFile is a file that came with a message, as Telegram describes it before it is read. */
export interface IncomingFile {
	readonly id: string;
	readonly name: string;
	readonly type: string;
	readonly bytes?: number | undefined;
}

const OCTETS = 'application/octet-stream';

interface Described {
	readonly file_id: string;
	readonly file_name?: string | undefined;
	readonly mime_type?: string | undefined;
	readonly file_size?: number | undefined;
}

/** filesIn lists the files of a message: the largest size of a photo, documents, voice, audio and video. */
export function filesIn(message: Message): IncomingFile[] {
	const { message_id: id } = message;
	const photo = message.photo?.reduce((best, size) =>
		size.width * size.height > best.width * best.height ? size : best,
	);
	const files = [
		photo && file(photo, `photo-${id}.jpg`, 'image/jpeg'),
		// An animation is described twice: as itself and, for old programs, as a document.
		message.animation
			? file(message.animation, `animation-${id}.mp4`, 'video/mp4')
			: message.document && file(message.document, `document-${id}`, OCTETS),
		message.audio && file(message.audio, `audio-${id}.mp3`, 'audio/mpeg'),
		message.voice && file(message.voice, `voice-${id}.ogg`, 'audio/ogg'),
		message.video && file(message.video, `video-${id}.mp4`, 'video/mp4'),
		message.video_note && file(message.video_note, `video-${id}.mp4`, 'video/mp4'),
	];
	return files.filter((found) => found !== undefined);
}

function file({ file_id, file_name, mime_type, file_size }: Described, name: string, type: string): IncomingFile {
	return {
		id: file_id,
		name: tameName(file_name) || name,
		type: mime_type && /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(mime_type) ? mime_type : type,
		...(file_size === undefined ? {} : { bytes: file_size }),
	};
}

function tameName(name: string | undefined): string {
	return (name ?? '')
		.replace(/[\p{Cc}\p{Cf}/\\]/gu, '')
		.slice(0, 200)
		.toWellFormed();
}
