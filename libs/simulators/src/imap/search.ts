import { fieldsOf } from './mime-part.js';
import { numbersIn } from './sequence-set.js';
import type { StoredMail } from './simulated-mailbox.js';
import { textOf, type Token } from './tokens.js';
import { readWireDate } from './wire-text.js';

type Test = (mail: StoredMail) => boolean;

const dayOf = (date: Date | undefined): string => date?.toISOString().slice(0, 10) ?? '';
const headerOf = (mail: StoredMail, name: string): string | undefined =>
  fieldsOf(mail.raw.subarray(0, Math.max(0, mail.raw.indexOf('\r\n\r\n')))).get(name.toLowerCase());

/** Reads the criteria of a SEARCH from left to right. */
class Criteria {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly mails: readonly StoredMail[],
  ) {}

  all(): Test {
    const tests: Test[] = [];
    while (this.at < this.tokens.length) tests.push(this.next());
    return (mail) => tests.every((test) => test(mail));
  }

  private take(): Token | undefined {
    this.at += 1;
    return this.tokens[this.at - 1];
  }

  private day(): string {
    return dayOf(readWireDate(textOf(this.take())));
  }

  private header(name: string): Test {
    const wanted = textOf(this.take()).toLowerCase();
    return (mail) => headerOf(mail, name)?.toLowerCase().includes(wanted) ?? false;
  }

  private among(numbers: readonly number[], numberOf: (mail: StoredMail) => number): Test {
    return (mail) => numbers.includes(numberOf(mail));
  }

  /** @throws SyntaxError for a key that this server does not know */
  private next(): Test {
    const token = this.take();
    if (typeof token === 'object' && !Buffer.isBuffer(token)) return new Criteria(token, this.mails).all();
    const key = textOf(token).toUpperCase();
    switch (key) {
      case 'ALL':
        return () => true;
      case 'SEEN':
      case 'ANSWERED':
      case 'FLAGGED':
      case 'DELETED':
        return (mail) => [...mail.flags].some((flag) => flag.toUpperCase() === `\\${key}`);
      case 'UNSEEN':
        return (mail) => ![...mail.flags].some((flag) => flag.toUpperCase() === '\\SEEN');
      case 'SINCE': {
        const day = this.day();
        return (mail) => dayOf(mail.internalDate) >= day;
      }
      case 'BEFORE': {
        const day = this.day();
        return (mail) => dayOf(mail.internalDate) < day;
      }
      case 'HEADER':
        return this.header(textOf(this.take()));
      case 'FROM':
      case 'SUBJECT':
        return this.header(key);
      case 'NOT': {
        const test = this.next();
        return (mail) => !test(mail);
      }
      case 'OR': {
        const [left, right] = [this.next(), this.next()];
        return (mail) => left(mail) || right(mail);
      }
      case 'UID':
        return this.among(
          numbersIn(
            textOf(this.take()),
            this.mails.map(({ uid }) => uid),
          ),
          ({ uid }) => uid,
        );
      default:
        return this.sequence(key);
    }
  }

  private sequence(set: string): Test {
    if (!/^[\d*:,]+$/.test(set)) throw new SyntaxError(`unknown search key ${set}`);
    const places = numbersIn(
      set,
      this.mails.map((_mail, index) => index + 1),
    );
    return this.among(places, (mail) => this.mails.indexOf(mail) + 1);
  }
}

/**
 * Mails that match the criteria of a SEARCH, in order.
 *
 * @throws SyntaxError for criteria that this server does not know
 */
export function search(criteria: readonly Token[], mails: readonly StoredMail[]): readonly StoredMail[] {
  const withoutCharset = textOf(criteria[0]).toUpperCase() === 'CHARSET' ? criteria.slice(2) : criteria;
  return mails.filter(new Criteria(withoutCharset, mails).all());
}
