import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { asArtifactId, type PersonId } from '@errand/core/domain/ids.ts';
import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';

/** Telegram's limits on what bots send, bytes. */
const MAX_DOCUMENT = 50_000_000;
const MAX_PHOTO = 10_000_000;

/** OutgoingFile is a file on its way, and how Telegram shows it. */
export interface OutgoingFile {
	readonly name: string;
	readonly content: Uint8Array;
	readonly as: 'photo' | 'document';
}

/** readOutgoing reads the files of a reply to somebody; `notes` says which of them cannot go, and why. Another person's file is as good as none. */
export async function readOutgoing(
	artifacts: Pick<IArtifactStore, 'get'>,
	refs: readonly ArtifactRef[],
	to: PersonId | undefined,
): Promise<{ files: OutgoingFile[]; notes: string[] }> {
	const files: OutgoingFile[] = [];
	const notes: string[] = [];
	for (const ref of refs) {
		if (ref.bytes > MAX_DOCUMENT) {
			const megabytes = Math.ceil(ref.bytes / 1_000_000);
			notes.push(`The file \`${quoted(ref.name)}\` has ${megabytes} MB; Telegram takes 50 MB. It is on the page.`);
			continue;
		}
		const found = ref.bytes === 0 ? undefined : await artifacts.get(asArtifactId(ref.id));
		const isTheirs = to === undefined || found?.owner.person === to;
		if (found === undefined || !isTheirs || found.content.byteLength === 0) {
			const why = ref.bytes === 0 ? 'is empty, and Telegram takes no empty files' : 'is no longer kept';
			notes.push(`The file \`${quoted(ref.name)}\` ${why}.`);
			continue;
		}
		files.push({ name: fileName(ref.name), content: found.content, as: isPhoto(ref) ? 'photo' : 'document' });
	}
	return { files, notes };
}

function isPhoto({ type, bytes }: ArtifactRef): boolean {
	return /^image\/(?:jpeg|png|webp)$/.test(type) && bytes <= MAX_PHOTO;
}

/** The name goes into a header of the request without quotes. */
function fileName(name: string): string {
	const tame = name
		.toWellFormed()
		.replace(/[\p{Cc}\p{Cf}";\\/]/gu, '_')
		.slice(-120)
		.trim();
	return tame === '' ? 'file' : tame;
}

function quoted(name: string): string {
	return name.replace(/[`\p{Cc}]/gu, ' ').slice(0, 120);
}
