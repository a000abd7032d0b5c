const SHOWN_DIGITS = 3;
const VIETNAM = '+84';

function maskedPhone(value: string): string {
  const country = value.startsWith(VIETNAM) ? VIETNAM : value.slice(0, 3);
  const number = value.slice(country.length);
  return `${country} ${number.slice(0, SHOWN_DIGITS)}…${number.slice(-SHOWN_DIGITS)}`;
}

function maskedMail(value: string): string {
  const at = value.lastIndexOf('@');
  return `${value.slice(0, Math.min(2, at - 1))}…${value.slice(at)}`;
}

/** What an identity is called in a sentence: enough to recognise it when one knows it, too little to use it. */
export function maskedValue(kind: string, value: string): string {
  if (kind === 'phone' && value.length > VIETNAM.length + 2 * SHOWN_DIGITS) return maskedPhone(value);
  if (kind.startsWith('email') && value.lastIndexOf('@') > 0) return maskedMail(value);
  return value.length > 2 * SHOWN_DIGITS ? `…${value.slice(-SHOWN_DIGITS)}` : '…';
}
