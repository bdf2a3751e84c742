import type { IncomingMessage } from 'node:http';

/** Upload is a file in a request. */
export interface Upload {
	readonly name: string;
	readonly type: string;
	readonly content: Buffer;
}

/** Parameters are those of a call; a file stands where it is used. */
export type Parameters = Readonly<Record<string, unknown>>;

/** readParameters reads a call's body: JSON, a form, or multipart with files. */
export async function readParameters(request: IncomingMessage): Promise<Parameters> {
	const pieces: Buffer[] = [];
	for await (const piece of request) pieces.push(piece as Buffer);
	const body = Buffer.concat(pieces);
	const type = request.headers['content-type'] ?? '';
	const query = Object.fromEntries(new URL(request.url ?? '/', 'http://localhost').searchParams);
	if (body.length === 0) return query;
	if (type.startsWith('application/json')) return { ...query, ...(JSON.parse(body.toString('utf8')) as object) };
	if (type.startsWith('application/x-www-form-urlencoded')) {
		return { ...query, ...readFields(Object.fromEntries(new URLSearchParams(body.toString('utf8')))) };
	}
	const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1];
	return boundary === undefined ? query : { ...query, ...readMultipart(body, boundary) };
}

function readMultipart(body: Buffer, boundary: string): Parameters {
	const fields: Record<string, string> = {};
	const files = new Map<string, Upload>();
	for (const part of partsOf(body, boundary)) {
		const border = part.indexOf('\r\n\r\n');
		const head = part.subarray(0, border).toString('utf8');
		const content = part.subarray(border + 4);
		const name = /name="?([^";\r\n]+)"?/i.exec(head)?.[1] ?? '';
		const file = /filename="?([^";\r\n]*)"?/i.exec(head)?.[1];
		if (file === undefined) fields[name] = content.toString('utf8');
		else files.set(name, { name: file, type: /content-type:\s*(\S+)/i.exec(head)?.[1] ?? '', content });
	}
	const read = Object.entries(readFields(fields)).map(([name, value]) => {
		const attached = typeof value === 'string' ? /^attach:\/\/(.+)$/.exec(value)?.[1] : undefined;
		if (attached === undefined) return [name, value];
		const file = files.get(attached);
		files.delete(attached);
		return [name, file];
	});
	return { ...Object.fromEntries(read), ...Object.fromEntries(files.entries()) };
}

function* partsOf(body: Buffer, boundary: string): Generator<Buffer> {
	const mark = Buffer.from(`--${boundary}`);
	for (let at = body.indexOf(mark); at !== -1; ) {
		const next = body.indexOf(mark, at + mark.length);
		if (next === -1) return;
		yield body.subarray(at + mark.length + 2, next - 2);
		at = next;
	}
}

/** In a form everything is text: what is no text is written as JSON. */
function readFields(fields: Readonly<Record<string, string>>): Parameters {
	const texts = ['text', 'caption', 'parse_mode', 'callback_query_id', 'url', 'secret_token'];
	return Object.fromEntries(
		Object.entries(fields).map(([name, value]) => [name, texts.includes(name) ? value : asJson(value)]),
	);
}

function asJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
