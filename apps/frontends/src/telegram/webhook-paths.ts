/** WEBHOOK_PATH is where Telegram calls, under the public address. */
export const WEBHOOK_PATH = '/telegram/webhook';
