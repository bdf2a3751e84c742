import { CoreError } from '../../domain/errors.ts';
import type { Attachment } from '../../domain/task/facts.ts';
import type { ArtifactOwner, IArtifactStore } from '../../ports/artifact-store.ts';
import type { InboundAttachment, WaitingAttachment } from '../../ports/frontend.ts';

type Incoming = InboundAttachment | WaitingAttachment;

const MAX_ATTACHMENTS = 20;
const MAX_ATTACHMENT_BYTES = 15 * 1024 * 1024;

/** AttachmentIntake stores what came along with a message, before the message is acknowledged. */
export class AttachmentIntake {
	readonly #artifacts: IArtifactStore;

	constructor(artifacts: IArtifactStore) {
		this.#artifacts = artifacts;
	}

	/** Files become artifacts, durable on return; addresses stay addresses and are read by a step. */
	async take(attachments: readonly Incoming[], owner: ArtifactOwner): Promise<Attachment[]> {
		checkCount(attachments);
		return Promise.all(
			attachments.map(async (attachment): Promise<Attachment> => {
				if (attachment.kind === 'url') return attachment;
				const { name, type } = attachment;
				const content = attachment.kind === 'bytes' ? attachment.content : await attachment.read();
				checkSize(name, content);
				return { kind: 'file', ...(await this.#artifacts.put({ name, type, content, owner })) };
			}),
		);
	}
}

function checkCount(attachments: readonly Incoming[]): void {
	if (attachments.length > MAX_ATTACHMENTS) {
		const message = `There are ${attachments.length} attachments; at most ${MAX_ATTACHMENTS} are taken.`;
		throw new CoreError('too-large', message, { hint: 'Send fewer, or put them into several messages.' });
	}
	// What is at hand is checked before any of it is stored.
	for (const attachment of attachments) if (attachment.kind === 'bytes') checkSize(attachment.name, attachment.content);
}

function checkSize(name: string, { byteLength }: Uint8Array): void {
	if (byteLength <= MAX_ATTACHMENT_BYTES) return;
	const message = `"${name}" has ${byteLength} bytes; at most ${MAX_ATTACHMENT_BYTES} are taken.`;
	throw new CoreError('too-large', message, { hint: 'Send a smaller file, or a link to it.' });
}
