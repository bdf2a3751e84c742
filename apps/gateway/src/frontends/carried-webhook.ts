import type { WebhookRequest, WebhookResponse } from '@errand/core/ports/frontend.ts';
import { z } from 'zod';

const RequestSchema = z.object({
	method: z.string(),
	url: z.string(),
	headers: z.record(z.string(), z.string()),
	body: z.string(),
});
const ResponseSchema = z.object({
	status: z.int(),
	headers: z.record(z.string(), z.string()).optional(),
	body: z.string().optional(),
});

/** packRequest makes text of a platform's call, each byte of its body kept, because its signature covers them. */
export function packRequest({ method, url, headers, body }: WebhookRequest): string {
	return JSON.stringify({ method, url, headers, body: Buffer.from(body).toString('base64') });
}

/** unpackRequest is the call again. */
export function unpackRequest(text: string): WebhookRequest {
	const { body, ...call } = RequestSchema.parse(JSON.parse(text));
	return { ...call, body: Buffer.from(body, 'base64') };
}

/** packResponse makes text of the answer to a platform. */
export function packResponse(response: WebhookResponse): string {
	return JSON.stringify(response);
}

/** unpackResponse is the answer again. */
export function unpackResponse(text: string): WebhookResponse {
	return ResponseSchema.parse(JSON.parse(text));
}
