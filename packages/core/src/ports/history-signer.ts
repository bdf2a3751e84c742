/** IHistorySigner holds the data directory's Ed25519 key: it signs the head of history and recognises its own signatures (base64). */
export interface IHistorySigner {
	readonly publicKey: string;
	sign(text: string): string;
	verify(text: string, signature: string): boolean;
}
