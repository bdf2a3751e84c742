import { isCoreError } from '@errand/core/domain/errors.ts';
import { expect, it } from 'vitest';
import { mcpVariables, parseMcpServers, readMcpServers } from './read-mcp-servers.ts';

const parse = (mcpServers: unknown, variables = {}) =>
	parseMcpServers(JSON.stringify({ mcpServers }), { path: 'mcp.json', variables });

it('knows no servers where there is no file', () => {
	expect(readMcpServers('/nowhere/mcp.json')).toEqual({ servers: [] });
});

it('reads the form that other programs read, with the strictest settings where nothing is said', () => {
	const { servers } = parse({
		files: { command: 'npx', args: ['-y', 'server-files', '/notes'], type: 'stdio', alwaysAllow: ['read'] },
		web: { type: 'http', url: 'https://tools.example/mcp' },
		off: { command: 'x', disabled: true },
	});
	expect(servers).toMatchObject([
		{
			name: 'files',
			reach: {
				kind: 'stdio',
				command: 'npx',
				network: 'none',
				folders: [],
				jail: true,
				keepHome: false,
				memoryMb: 512,
			},
			effects: {},
			timeoutMs: 60_000,
		},
		{ name: 'web', reach: { kind: 'http', url: 'https://tools.example/mcp', headers: {} } },
	]);
});

it('puts values in place of variables that are meant for servers, and remembers what is secret', () => {
	const { servers } = parse(
		{
			hub: { command: 'hub', args: ['--key=${MCP_HUB}'], env: { HUB_TOKEN: 'written-in-place', LEVEL: 'information' } },
			web: { url: 'https://tools.example/${MCP_HUB}', headers: { Authorization: 'Bearer ${MCP_HUB}' } },
		},
		mcpVariables({ MCP_HUB: 'hub-key-123', PATH: '/bin' }),
	);
	expect(servers[0]).toMatchObject({ reach: { args: ['--key=hub-key-123'] } });
	expect(servers[0]?.secrets).toEqual(['hub-key-123', 'written-in-place']);
	expect(servers[1]).toMatchObject({ reach: { headers: { Authorization: 'Bearer hub-key-123' } } });
	expect(servers[1]?.secrets).toEqual(expect.arrayContaining(['hub-key-123', 'Bearer hub-key-123']));
});

it('tells every mistake at once, and no value of a variable', () => {
	try {
		parse(
			{
				both: { command: 'x', url: 'https://a.example' },
				far: { url: 'ftp://a.example' },
				keys: { command: 'x', env: { A: '${ERRAND_TOKEN}', B: '${MCP_UNSET}' } },
				odd: { command: 'x', errand: { timeoutMs: 'long', nonsense: 1, folders: [{ path: 'here' }] } },
			},
			{ ERRAND_TOKEN: 'the-owner-token' },
		);
		expect.unreachable();
	} catch (error) {
		if (!isCoreError(error, 'invalid-config')) throw error;
		for (const words of [
			'mcpServers.both: give either command or url',
			'mcpServers.far: url',
			'${ERRAND_TOKEN} names a variable that does not begin with MCP_',
			'${MCP_UNSET} names a variable that is not set',
			'errand.timeoutMs',
			'nonsense',
			'must be an absolute path',
		]) {
			expect(error.message).toContain(words);
		}
		expect(error.message).not.toContain('the-owner-token');
	}
	expect(() => parseMcpServers('{', { path: 'mcp.json', variables: {} })).toThrow('it is not JSON');
	expect(() => parse({ 'a b': { command: 'x' } })).toThrow('a server is named with letters');
	expect(() => parseMcpServers('{}', { path: 'mcp.json', variables: {} })).toThrow('mcpServers');
});
