import { present } from '@app/kernel';
import type { AsyncChannelAdapter, WebhookRequest } from '../channel-adapter.js';
import { verifyBasic } from '../shared/basic-auth.js';
import { idOf, objectOf, objectsOf, textOf, type JsonObject } from '../shared/fields.js';
import { composeMime, type MailFile } from '../shared/mail/compose-mime.js';
import { HTTP_MAIL, httpMailProblems, parsePosted, type PostedMail } from '../shared/mail/http-mail.js';

const MIN_PASSWORD_CHARS = 16;

/** Nothing in a value can begin another line. */
const line = (name: string, value: string): string => `${name}: ${value.replace(/[\r\n]+[ \t]*/g, ' ')}\r\n`;

const quoted = (name: string): string => `"${name.replace(/["\\\r\n]/g, ' ')}"`;
const addressOf = (person: JsonObject): string => {
  const [name, address] = [textOf(person['Name']), textOf(person['Email']) ?? ''];
  return name === undefined ? `<${address}>` : `${quoted(name)} <${address}>`;
};

/** The people, whom the provider takes out of the headers, and the headers that it leaves. */
function headOf(mail: JsonObject): Buffer {
  const from = objectOf(mail['FromFull']);
  const people = [
    ['From', from === undefined ? [] : [from]],
    ['To', objectsOf(mail['ToFull'])],
    ['Cc', objectsOf(mail['CcFull'])],
  ] as const;
  const lines = [
    ...people.filter(([, list]) => list.length > 0).map(([name, list]) => line(name, list.map(addressOf).join(', '))),
    ...(['Subject', 'Date', 'ReplyTo'] as const).flatMap((name) => {
      const value = textOf(mail[name]);
      return value === undefined ? [] : [line(name === 'ReplyTo' ? 'Reply-To' : name, value)];
    }),
    ...objectsOf(mail['Headers']).flatMap((header) => {
      const [name, value] = [textOf(header['Name']), textOf(header['Value'])];
      return name === undefined || value === undefined ? [] : [line(name, value)];
    }),
  ];
  return Buffer.from(lines.join(''));
}

const fileOf = (file: JsonObject): MailFile => ({
  ...present({
    filename: textOf(file['Name']),
    contentType: textOf(file['ContentType']),
    contentId: textOf(file['ContentID'])?.replace(/^<|>$/g, ''),
  }),
  bytes: Buffer.from(textOf(file['Content']) ?? '', 'base64'),
});

function read(body: Buffer): JsonObject | undefined {
  try {
    return objectOf(JSON.parse(body.toString('utf8')));
  } catch {
    // What is no JSON is set aside whole, by the caller.
    return undefined;
  }
}

async function mailOf({ body }: WebhookRequest): Promise<PostedMail> {
  const mail = read(body);
  if (mail === undefined) return { reject: 'decode_failed', detail: 'the body is no JSON object' };
  const deliveryId = idOf(mail['MessageID']);
  if (deliveryId === undefined) return { reject: 'schema_invalid', detail: '/MessageID: missing' };
  const whole = textOf(mail['RawEmail']);
  const words = present({ text: textOf(mail['TextBody']), html: textOf(mail['HtmlBody']) });
  const source =
    whole === undefined
      ? await composeMime({ head: headOf(mail), ...words, files: objectsOf(mail['Attachments']).map(fileOf) })
      : Buffer.from(whole);
  return { source, deliveryId, surroundings: { recipient: textOf(mail['OriginalRecipient']) } };
}

/**
 * Mail by Postmark's inbound stream. It signs nothing: user and password stand in the address that it is given.
 *
 * @see docs/channels/postmark.md
 */
export const postmarkAdapter: AsyncChannelAdapter = {
  ...HTTP_MAIL,
  provider: 'postmark',
  checkAccount(account) {
    const problems = [...httpMailProblems(account)];
    if (!account.secrets['user']) problems.push('secrets.user: must be set');
    const { password = '' } = account.secrets;
    if (password.length < MIN_PASSWORD_CHARS) {
      problems.push(`secrets.password: at least ${MIN_PASSWORD_CHARS} characters, nothing else proves who posts`);
    }
    return problems;
  },
  verify: ({ headers }, account) => verifyBasic(headers['authorization'], account),
  parse: async (request, context) => await parsePosted(await mailOf(request), request, context),
};
