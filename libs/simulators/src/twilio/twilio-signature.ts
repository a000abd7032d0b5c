import { createHmac } from 'node:crypto';

/**
 * Value of `X-Twilio-Signature` for a form POST.
 *
 * @param url as configured at Twilio, query included
 * @param form fields in any order; of equal pairs one counts
 */
export function twilioSignature(authToken: string, url: string, form: URLSearchParams): string {
  const names = [...new Set(form.keys())].sort();
  const data = names.map((name) =>
    [...new Set(form.getAll(name))]
      .sort()
      .map((value) => name + value)
      .join(''),
  );
  return createHmac('sha1', authToken)
    .update(url + data.join(''), 'utf8')
    .digest('base64');
}
