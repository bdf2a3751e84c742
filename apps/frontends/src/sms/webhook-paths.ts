/** SMS_PATH is where Twilio brings texts, under the public address. */
export const SMS_PATH = '/twilio/sms';

/** STATUS_PATH is where Twilio says what became of a text. */
export const STATUS_PATH = '/twilio/status';
