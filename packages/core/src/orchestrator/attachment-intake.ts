import { CoreError } from '../domain/errors.ts';
import type { Attachment } from '../domain/task/facts.ts';
import type { ArtifactOwner, IArtifactStore } from '../ports/artifact-store.ts';
import type { InboundAttachment } from '../ports/frontend.ts';

const MAX_ATTACHMENTS = 20;
const MAX_ATTACHMENT_BYTES = 15 * 1024 * 1024;

/** AttachmentIntake stores what came along with a message, before the message is acknowledged. */
export class AttachmentIntake {
	readonly #artifacts: IArtifactStore;

	constructor(artifacts: IArtifactStore) {
		this.#artifacts = artifacts;
	}

	/** Files become artifacts, durable on return; addresses stay addresses and are read by a step. */
	async take(attachments: readonly InboundAttachment[], owner: ArtifactOwner): Promise<Attachment[]> {
		checkBounds(attachments);
		return Promise.all(
			attachments.map(async (attachment): Promise<Attachment> => {
				if (attachment.kind === 'url') return attachment;
				const { name, type, content } = attachment;
				return { kind: 'file', ...(await this.#artifacts.put({ name, type, content, owner })) };
			}),
		);
	}
}

function checkBounds(attachments: readonly InboundAttachment[]): void {
	if (attachments.length > MAX_ATTACHMENTS) {
		const message = `There are ${attachments.length} attachments; at most ${MAX_ATTACHMENTS} are taken.`;
		throw new CoreError('too-large', message, { hint: 'Send fewer, or put them into several messages.' });
	}
	for (const attachment of attachments) {
		if (attachment.kind === 'url' || attachment.content.byteLength <= MAX_ATTACHMENT_BYTES) continue;
		const message = `"${attachment.name}" has ${attachment.content.byteLength} bytes; at most ${MAX_ATTACHMENT_BYTES} are taken.`;
		throw new CoreError('too-large', message, { hint: 'Send a smaller file, or a link to it.' });
	}
}
