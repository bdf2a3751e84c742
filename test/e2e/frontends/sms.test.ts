import { describeFrontend } from '../../support/frontend-contract.ts';
import { openSms } from '../../support/twilio/driver.ts';

describeFrontend('SMS', openSms);
