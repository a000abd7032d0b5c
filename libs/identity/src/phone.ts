import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';

/** A number that can be dialled, and what the written form was. */
export interface PhoneNumberName {
  readonly kind: 'number';
  /** E.164, for example `+84912345678`. */
  readonly e164: string;
  /** A fixed line is shared by several people; `unknown` covers foreign plans that do not tell. */
  readonly line: 'mobile' | 'fixed' | 'unknown';
  /** True when an 11-digit mobile number of before November 2018 was rewritten to its present form. */
  readonly migrated: boolean;
}

/** A sender that stands for no person: its messages are kept under the label. */
export interface PhoneLabelName {
  readonly kind: 'label';
  readonly reason: 'short_code' | 'service_number' | 'alphanumeric' | 'hidden' | 'invalid';
  /** What to show and to group by; at most {@link MAX_LABEL_CHARS}; `hidden` for a withheld number. */
  readonly label: string;
}

/** What a written number or sender name turned out to be. */
export type PhoneName = PhoneNumberName | PhoneLabelName;

/** Longest label, in UTF-16 units; longer ones are cut. */
export const MAX_LABEL_CHARS = 64;

/** E.164 allows 15 digits; the longest national spelling adds `00` and a zero. */
const MAX_DIGITS = 18;

const HIDDEN = /^(?:anonymous|unknown|restricted|private|unavailable|withheld)$/i;
/** The same words as a telephone keypad spells them, which some exchanges send instead. */
const HIDDEN_ON_KEYPAD = new Set(['266696687', '7378742833', '2562533', '8656696', '86282452253']);

/** Old three digits after the zero to the new two (15 September to 14 November 2018); the last seven stay. */
const MIGRATION_2018: Readonly<Record<string, string>> = {
  162: '32',
  163: '33',
  164: '34',
  165: '35',
  166: '36',
  167: '37',
  168: '38',
  169: '39',
  120: '70',
  121: '79',
  122: '77',
  126: '76',
  128: '78',
  123: '83',
  124: '84',
  125: '85',
  127: '81',
  129: '82',
  186: '56',
  188: '58',
  199: '59',
};

const label = (reason: PhoneLabelName['reason'], text: string): PhoneLabelName => ({
  kind: 'label',
  reason,
  label: text.slice(0, MAX_LABEL_CHARS).toWellFormed(),
});

/** Without the URI scheme, the parameters and the host that mail and telephony systems put around a number. */
function bareSender(text: string): string {
  const folded = text.replaceAll('\u0000', '').toWellFormed().normalize('NFKC').trim();
  const bare = folded.replace(/^(?:tel|sms|sip):/i, '');
  const end = bare.search(/[;@]/);
  return (end === -1 ? bare : bare.slice(0, end)).trim();
}

/** The digits after the Vietnamese trunk or country prefix; undefined when the number is not a Vietnamese one. */
function vietnameseNational(digits: string, plus: boolean): string | undefined {
  const rest = digits.startsWith('0084')
    ? digits.slice(4)
    : digits.startsWith('84') && (plus || digits.length >= 11)
      ? digits.slice(2)
      : digits.startsWith('0') && !digits.startsWith('00')
        ? digits.slice(1)
        : digits.length === 9 && !plus
          ? digits
          : undefined;
  // People also write +84 0912….
  return rest?.replace(/^0/, '');
}

/** Codes that no person owns: short codes (with or without +84 before them) and 1800/1900 lines. */
function serviceLabel(digits: string, plus: boolean): PhoneLabelName | undefined {
  if (!plus && digits.length <= 6) return label('short_code', digits);
  if (plus && /^84\d{3,5}$/.test(digits)) return label('short_code', digits.slice(2));
  const line = /^(?:84)?(1[89]00\d{4,6})$/.exec(digits)?.[1];
  return line === undefined ? undefined : label('service_number', line);
}

function lineOf(type: string | undefined): PhoneNumberName['line'] {
  if (type === 'MOBILE') return 'mobile';
  return type === 'FIXED_LINE' ? 'fixed' : 'unknown';
}

function numberOrInvalid(candidate: string, migrated: boolean, written: string, country?: CountryCode): PhoneName {
  const number = parsePhoneNumberFromString(candidate, country);
  if (number === undefined || !number.isValid()) return label('invalid', written);
  return { kind: 'number', e164: number.number, line: lineOf(number.getType()), migrated };
}

function vietnameseNumber(national: string, written: string): PhoneName {
  const renewed = national.length === 10 ? MIGRATION_2018[national.slice(0, 3)] : undefined;
  const present = renewed === undefined ? national : renewed + national.slice(3);
  return numberOrInvalid(`+84${present}`, renewed !== undefined, written);
}

/**
 * Reads a telephone number or sender name as people, shops and networks write it.
 *
 * The full metadata are used, because the small ones call the dead 11-digit mobile numbers valid. Time is linear in the
 * length of the input; it never throws.
 *
 * @param text for example `0912 345 678`, `sip:0912345678@pbx.example`, `VIETCOMBANK`, `8085`
 * @param defaultCountry country whose national forms are meant; Viet Nam has rules of its own for them
 * @see docs/channels/twilio.md, "Numbers"
 */
export function normalisePhone(text: string, defaultCountry: CountryCode = 'VN'): PhoneName {
  const bare = bareSender(text);
  if (bare === '' || HIDDEN.test(bare)) return label('hidden', 'hidden');
  if (/\p{L}/u.test(bare)) return label('alphanumeric', bare);
  const plus = bare.startsWith('+');
  const digits = bare.replace(/\D/g, '');
  if (digits === '' || digits.length > MAX_DIGITS) return label('invalid', bare);
  if (plus && HIDDEN_ON_KEYPAD.has(digits)) return label('hidden', 'hidden');
  if (defaultCountry !== 'VN' && !(plus && digits.startsWith('84'))) {
    return foreignNumber(digits, plus, bare, defaultCountry);
  }
  const service = serviceLabel(digits, plus);
  if (service !== undefined) return service;
  const national = vietnameseNational(digits, plus);
  if (national !== undefined) return vietnameseNumber(national, bare);
  return numberOrInvalid(`+${digits.replace(/^0+/, '')}`, false, bare);
}

/** A number where national forms are those of another country than Viet Nam. */
function foreignNumber(digits: string, plus: boolean, written: string, country: CountryCode): PhoneName {
  if (!plus && digits.length <= 6) return label('short_code', digits);
  if (plus) return numberOrInvalid(`+${digits}`, false, written);
  if (digits.startsWith('00')) return numberOrInvalid(`+${digits.slice(2)}`, false, written);
  return numberOrInvalid(digits, false, written, country);
}

/** E.164 form of a number written in any way; undefined when it names nobody. National forms are read as Vietnamese. */
export function toE164(text: string, defaultCountry: CountryCode = 'VN'): string | undefined {
  const name = normalisePhone(text, defaultCountry);
  return name.kind === 'number' ? name.e164 : undefined;
}
