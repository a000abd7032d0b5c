import { foldText } from '@app/kernel';
import type { FormField } from './fields-of.js';
import type { FieldRole, WebFormSettings } from './web-form.settings.js';

/** What fields are called, folded; the first role that a name has is the one. */
const NAMES: Readonly<Record<FieldRole, readonly string[]>> = {
  form_name: ['form name', 'form title', 'ten form', 'ten bieu mau'],
  name: [
    'name',
    'full name',
    'fullname',
    'ho ten',
    'hoten',
    'ho va ten',
    'ten',
    'ten khach hang',
    'customer name',
    'contact name',
    'ten cua ban',
    'quy danh',
    'text name',
  ],
  phone: [
    'phone',
    'phone number',
    'phonenumber',
    'tel',
    'telephone',
    'mobile',
    'mobile number',
    'sdt',
    'so dien thoai',
    'sodienthoai',
    'dien thoai',
    'di dong',
    'so di dong',
    'hotline',
    'zalo',
    'so zalo',
    'sdt zalo',
    'customer phone',
    'contact phone',
  ],
  email: [
    'email',
    'e mail',
    'mail',
    'email address',
    'dia chi email',
    'thu dien tu',
    'customer email',
    'contact email',
  ],
  message: [
    'message',
    'msg',
    'noi dung',
    'noidung',
    'loi nhan',
    'loinhan',
    'tin nhan',
    'comment',
    'comments',
    'note',
    'notes',
    'ghi chu',
    'cau hoi',
    'question',
    'yeu cau',
    'noi dung can tu van',
    'noi dung tin nhan',
    'textarea',
  ],
  submission_id: [
    'submission id',
    'submissionid',
    'entry id',
    'response id',
    'responseid',
    'event id',
    'eventid',
    'lead id',
  ],
  page: ['page', 'page url', 'pageurl', 'source url', 'meta page url', 'url'],
  submitted_at: ['submitted at', 'created at', 'submission time', 'timestamp', 'dau thoi gian'],
  marketing_consent: ['marketing consent'],
};

const ROLES = Object.keys(NAMES) as FieldRole[];
const ROLE_OF_NAME = new Map(ROLES.flatMap((role) => NAMES[role].map((name) => [name, role] as const)));

/** `Số điện thoại *`, `soDienThoai` and `your-phone` without what is not the name. */
function foldName(name: string): string {
  const apart = name.replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2').slice(0, 200);
  return foldText(apart)
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
    .replace(/^(?:your|form fields?|fields?|data|customer|contact) (?=[a-z])/, '');
}

function roleOf({ aliases }: FormField): FieldRole | undefined {
  return aliases.map((alias) => ROLE_OF_NAME.get(foldName(alias))).find((role) => role !== undefined);
}

/** The fields whose meaning is known, the first of each; and the name of a person whose form asks for it in two fields. */
export function rolesOf(fields: readonly FormField[], settings: WebFormSettings): ReadonlyMap<FieldRole, FormField> {
  const found = new Map<FieldRole, FormField>();
  for (const role of ROLES) {
    const wanted = settings.fields[role];
    const own =
      wanted === undefined ? undefined : fields.find(({ name, aliases }) => [name, ...aliases].includes(wanted));
    if (own !== undefined) found.set(role, own);
  }
  for (const field of fields) {
    const role = roleOf(field);
    // What the account names by itself is not guessed besides.
    if (role !== undefined && !found.has(role) && settings.fields[role] === undefined) found.set(role, field);
  }
  return found;
}

/** A name in two fields: the family name first in Vietnamese, last in English. */
const HALVES = [
  ['ho', 'ten'],
  ['first name', 'last name'],
] as const;

/** The name of the person. @returns undefined when the form asks for none */
export function nameIn(fields: readonly FormField[], roles: ReadonlyMap<FieldRole, FormField>): string | undefined {
  const valueOf = (name: string): string | undefined =>
    fields.find(({ aliases }) => aliases.some((alias) => foldName(alias) === name))?.value;
  for (const halves of HALVES) {
    const [first, second] = halves.map(valueOf);
    if (first !== undefined && second !== undefined) return `${first} ${second}`;
  }
  return roles.get('name')?.value;
}
