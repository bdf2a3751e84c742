import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { errandListing } from './listing.ts';

it.each(['core', 'standard', 'all'])('offers as many tools as docs/mcp.md says of `%s`', (choice) => {
	const page = readFileSync(new URL('../../../../../docs/mcp.md', import.meta.url), 'utf8');
	const [, said] = new RegExp(`\`${choice}\` \\((\\d+)\\)`).exec(page) ?? [];
	expect(errandListing(choice).tools).toHaveLength(Number(said));
});
