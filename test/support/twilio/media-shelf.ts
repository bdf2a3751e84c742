import type { IncomingMessage, ServerResponse } from 'node:http';
import { json, wait } from './api-answer.ts';
import { newSid, type StoredMessage } from './stored-message.ts';
import type { SentFile } from './texting-person.ts';

/** MediaShelf keeps what was sent along: the API leads to it, and hands nothing out itself. */
export class MediaShelf {
	/** Files asked for so far, with whether the account's credentials were shown. */
	readonly asked: { readonly path: string; readonly authorized: boolean }[] = [];
	/** How long a file takes to be handed out. */
	delayMs = 0;
	readonly #files = new Map<string, SentFile>();

	/** Puts a file there and names it. */
	add(file: SentFile): string {
		const id = newSid('ME');
		this.#files.set(id, file);
		return id;
	}

	/** The type of the file at an address of the API. */
	typeOf(url: string): string {
		return this.#files.get(idIn(url))?.type ?? '';
	}

	list({ sid, mediaUrls }: StoredMessage, response: ServerResponse): void {
		const media_list = mediaUrls.map((url) => ({
			sid: idIn(url),
			parent_sid: sid,
			content_type: this.typeOf(url),
			uri: `${new URL(url).pathname}.json`,
		}));
		json(response, 200, { media_list, next_page_uri: null });
	}

	/** The API's answer: where the file really is. */
	lead(request: IncomingMessage, id: string, origin: string, response: ServerResponse): void {
		this.asked.push({ path: request.url ?? '', authorized: true });
		response.writeHead(307, { Location: `${origin}/cdn/${id}` }).end();
	}

	/** The store of files, which is no business of the account's credentials. */
	async serve(request: IncomingMessage, pathname: string, response: ServerResponse): Promise<void> {
		this.asked.push({ path: pathname, authorized: request.headers.authorization !== undefined });
		if (this.delayMs > 0) await wait(this.delayMs);
		const file = this.#files.get(idIn(pathname));
		if (file === undefined) response.writeHead(404).end();
		else response.writeHead(200, { 'Content-Type': file.type }).end(file.content);
	}
}

function idIn(path: string): string {
	return path.split('/').at(-1) ?? '';
}
