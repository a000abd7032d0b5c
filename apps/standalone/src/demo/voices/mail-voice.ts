import { composeMail } from '@app/simulators';
import type { PlannedStep } from '../planned-step.js';

const PAPERS = Buffer.from('Giấy chứng nhận đăng ký doanh nghiệp số 0300000001\n');

/**
 * The mail of a step, as the border of the shop's mail system passed it on: with the sender's domain checked. Every
 * second mail of a person spells the address in capitals, as some programs do.
 */
export function mailOf({ step, id, about, at, person, subject = '' }: PlannedStep, mailbox: string): Buffer {
  const domain = person.mail.split('@')[1] ?? '';
  const address = about.length % 2 === 0 ? person.mail : person.mail.toUpperCase();
  return composeMail({
    messageId: id,
    from: { name: person.name, address },
    to: { name: 'Hỗ trợ', address: mailbox },
    subject: about.length === 0 ? subject : `Re: ${subject}`,
    date: at,
    text: step.text ?? '',
    references: about,
    ...(step.extra === 'file'
      ? { files: [{ name: 'Giấy tờ đính kèm.txt', mediaType: 'text/plain; charset=utf-8', bytes: PAPERS }] }
      : {}),
    authenticationResults: `mx.shop.example.vn; dkim=pass header.d=${domain}; spf=pass smtp.mailfrom=${domain}; dmarc=pass header.from=${domain}`,
  });
}
