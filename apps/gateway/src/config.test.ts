import { isCoreError } from '@errand/core/domain/errors.ts';
import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('readConfig', () => {
	it('has a default for everything', () => {
		const config = readConfig({});
		expect(config).toMatchObject({ port: 3000, host: '127.0.0.1', allowPrivateHosts: [], logLevel: 'info' });
		expect(config.dataDir).toMatch(/\/data$/);
		expect([config.token, config.publicUrl]).toEqual([undefined, undefined]);
		expect(Object.isFrozen(config)).toBe(true);
	});

	it('reads what is set, and takes an empty variable for one left open', () => {
		const config = readConfig({
			PORT: '0',
			HOST: '::1',
			ERRAND_DATA_DIR: '/tmp/x/../y',
			ERRAND_TOKEN: '',
			ERRAND_PUBLIC_URL: 'https://errand.example/',
			ERRAND_ALLOW_PRIVATE_HOSTS: '127.0.0.1:8080, [::1]:9,intra.local:80',
		});
		expect(config).toMatchObject({
			port: 0,
			host: '::1',
			dataDir: '/tmp/y',
			token: undefined,
			publicUrl: 'https://errand.example',
			allowPrivateHosts: ['127.0.0.1:8080', '[::1]:9', 'intra.local:80'],
		});
	});

	it('names every mistake in one message, but never the token', () => {
		const wrong = {
			PORT: '99999',
			HOST: 'a b',
			ERRAND_TOKEN: 'has a space',
			ERRAND_PUBLIC_URL: 'errand.example/path',
			ERRAND_ALLOW_PRIVATE_HOSTS: '127.0.0.1',
			ERRAND_LOG_LEVEL: 'loud',
		};
		let message = '';
		try {
			readConfig(wrong);
		} catch (error) {
			if (isCoreError(error, 'invalid-config')) message = error.message;
		}
		for (const name of Object.keys(wrong)) expect(message).toContain(name);
		expect(message).not.toContain('has a space');
	});
});
