import { cpuMillisOf } from '@app/testkit';
import { isEncrypted } from './encrypted-mail.js';
import { readHeaderFields } from './header-fields.js';

interface Case {
  readonly type?: string;
  readonly parts?: readonly string[];
  readonly text?: string;
}

const isSealed = ({ type = 'text/plain', parts = [], text = '' }: Case): boolean =>
  isEncrypted({
    fields: readHeaderFields(`Content-Type: ${type}`),
    parts: parts.map((contentType) => ({ contentType })),
    text,
  });

describe('a mail', () => {
  it.each<[string, Case]>([
    ['S/MIME', { type: 'application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m' }],
    ['S/MIME with another cipher', { type: 'application/pkcs7-mime; smime-type="authEnveloped-data"' }],
    ['S/MIME of old programs', { type: 'application/x-pkcs7-mime;\r\n smime-type=enveloped-data' }],
    ['PGP/MIME', { type: 'multipart/encrypted', parts: ['application/PGP-encrypted', 'application/octet-stream'] }],
    ['PGP in the text', { text: 'Chào\n-----BEGIN PGP MESSAGE-----\n\nabc' }],
  ])('is encrypted by %s', (_how, mail) => {
    expect(isSealed(mail)).toBe(true);
  });

  it.each<[string, Case]>([
    ['an ordinary one', { text: 'Chào shop' }],
    ['a signed one', { type: 'multipart/signed', parts: ['application/pkcs7-signature'] }],
    ['one signed as a whole', { type: 'application/pkcs7-mime; smime-type=signed-data' }],
    ['one that does not say', { type: 'application/pkcs7-mime; name=smime.p7m' }],
    ['one signed by PGP', { text: '-----BEGIN PGP SIGNED MESSAGE-----\nChào' }],
    ['one that quotes an encrypted one', { text: '> -----BEGIN PGP MESSAGE-----\n> abc' }],
  ])('is not encrypted: %s', (_what, mail) => {
    expect(isSealed(mail)).toBe(false);
  });

  it.each<[string, Case]>([
    ['parameters', { type: `application/pkcs7-mime; ${'smime-type='.repeat(90_000)}` }],
    ['blanks', { type: `application/pkcs7-mime; smime-type${' '.repeat(1_000_000)}=` }],
    ['lines', { text: '-----BEGIN PGP MESSAGE-----x\n'.repeat(35_000) }],
  ])('is looked through at once when it has a megabyte of %s', async (_what, mail) => {
    expect(await cpuMillisOf(() => isSealed(mail))).toBeLessThan(1_000);
  });
});
