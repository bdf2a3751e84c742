import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type RequestHandler, type Response, Router } from 'express';

const POLICY = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src 'self' data: blob:",
	"font-src 'self'",
	"connect-src 'self'",
	"manifest-src 'self'",
	"frame-src 'self'",
	"base-uri 'none'",
	"form-action 'self'",
	"frame-ancestors 'none'",
].join('; ');

/** pageRoutes serve the built page. Hashed files never change; the page itself is asked for anew each time. */
export function pageRoutes(pageDir: string): Router {
	const router = Router();
	const page: RequestHandler = (_request, response, next) => {
		response.setHeader('Content-Security-Policy', POLICY);
		response.setHeader('Cache-Control', 'no-cache');
		if (!existsSync(join(pageDir, 'index.html'))) return sayHowToBuild(response);
		response.sendFile(join(pageDir, 'index.html'), { dotfiles: 'allow', cacheControl: false }, (error) => {
			if (error && !response.headersSent) next(error);
		});
	};
	router.get(['/', '/login', '/index.html'], page);
	router.use(
		express.static(pageDir, {
			index: false,
			redirect: false,
			cacheControl: false,
			setHeaders: (response, path) => {
				response.setHeader('Content-Security-Policy', POLICY);
				response.setHeader(
					'Cache-Control',
					path.startsWith(join(pageDir, 'assets')) ? 'public, max-age=31536000, immutable' : 'no-cache',
				);
			},
		}),
	);
	return router;
}

function sayHowToBuild(response: Response): void {
	response
		.status(503)
		.type('html')
		.send(`<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Errand</title>
<h1>The page is not built yet</h1>
<p>Stop the server and run <code>npm start</code> in the repository: it builds the page first. The API works meanwhile; <a href="/openapi.json">/openapi.json</a> describes it.</p>
</html>
`);
}
