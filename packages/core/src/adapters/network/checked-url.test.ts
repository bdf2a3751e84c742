import { describe, expect, test } from 'vitest';
import { CoreError } from '../../domain/errors.ts';
import { allowedHosts, checkedUrl } from './checked-url.ts';

const none: ReadonlySet<string> = new Set();

function refusal(address: string, allowed = none): CoreError {
	try {
		checkedUrl(address, allowed);
	} catch (error) {
		if (error instanceof CoreError) return error;
		throw error;
	}
	throw new Error(`${address} was let through`);
}

describe('an address before DNS', () => {
	test.each([
		['http://127.0.0.1/', /127\.0\.0\.1 is a loopback address/],
		['http://2130706433/', /127\.0\.0\.1 is a loopback/],
		['http://0x7f000001/', /127\.0\.0\.1 is a loopback/],
		['http://0177.0.0.1/', /127\.0\.0\.1 is a loopback/],
		['http://0x7f.1/', /127\.0\.0\.1 is a loopback/],
		['http://127.1/', /127\.0\.0\.1 is a loopback/],
		['http://127.0.0.1./', /127\.0\.0\.1 is a loopback/],
		['http://①②⑦.0.0.1/', /127\.0\.0\.1 is a loopback/],
		['http://0/', /0\.0\.0\.0 is an address of this host/],
		['http://[::1]/', /::1 is a loopback/],
		['http://[::ffff:127.0.0.1]/', /loopback/],
		['http://[64:ff9b::7f00:1]/', /loopback/],
		['https://169.254.169.254/latest/meta-data/', /cloud metadata/],
		['https://[fd00:ec2::254]/', /cloud metadata/],
		['http://example.com:22/', /port 22/],
		['http://example.com:6379/', /port 6379/],
		['ftp://example.com/', /only http and https/],
		['file:///etc/passwd', /only http and https/],
		['javascript:alert(1)', /only http and https/],
	])('%s is refused', (address, words) => {
		const error = refusal(address);
		expect(error.code).toBe('address-refused');
		expect(error.message).toMatch(words);
	});

	test('credentials are refused and not repeated', () => {
		const error = refusal('https://anna:hunter2@example.com/');
		expect(error.code).toBe('address-refused');
		expect(`${error.message} ${error.hint}`).not.toMatch(/hunter2|anna/);
	});

	test('nonsense is invalid input', () => {
		expect(refusal('not an address').code).toBe('invalid-input');
		expect(refusal('http://999.1.1.1/').code).toBe('invalid-input');
	});

	test('a public address passes', () => {
		expect(checkedUrl('https://example.com:8443/a?b#c', none).href).toBe('https://example.com:8443/a?b#c');
	});

	test('an allowed private host passes on that port only, in any spelling of the address', () => {
		const allowed = allowedHosts(['127.0.0.1:8080', ' [::1]:9000', 'nas.local:80']);
		expect(checkedUrl('http://127.0.0.1:8080/', allowed).port).toBe('8080');
		expect(checkedUrl('http://2130706433:8080/', allowed).port).toBe('8080');
		expect(checkedUrl('http://[::1]:9000/', allowed).port).toBe('9000');
		expect(checkedUrl('http://NAS.local/', allowed).hostname).toBe('nas.local');
		expect(refusal('http://127.0.0.1:8081/', allowed).hint).toContain('ERRAND_ALLOW_PRIVATE_HOSTS');
	});

	test.each(['localhost', 'localhost:', 'http://localhost:80', 'localhost:0', 'localhost:99999', 'a@b:80', ''])(
		'"%s" is no host:port entry',
		(entry) => {
			expect(() => allowedHosts([entry])).toThrow(/private host to allow/);
		},
	);
});
