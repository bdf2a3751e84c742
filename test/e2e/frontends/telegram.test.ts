import { describeFrontend } from '../../support/frontend-contract.ts';
import { openTelegram } from '../../support/telegram/driver.ts';

describeFrontend('Telegram, polled', () => openTelegram());
describeFrontend('Telegram, at its webhook', () => openTelegram({ webhook: true }));
