import { openDiscord } from '../../support/discord/driver.ts';
import { describeFrontend } from '../../support/frontend-contract.ts';

describeFrontend('Discord', openDiscord);
