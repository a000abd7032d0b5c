/** Local parts that several people answer, folded: lower case, without the signs that people put between the words. */
const ROLES = new Set(
  [
    'info information contact hello hi office mail email team general enquiry enquiries inquiry feedback',
    'sales sale marketing mkt pr media press business partner partners orders order booking bookings reservation',
    'support help helpdesk service services care customercare customerservice customersupport cs',
    'admin administrator webmaster hostmaster postmaster root abuse security noc it',
    'noreply donotreply mailerdaemon bounce bounces notification notifications newsletter news alerts alert',
    'hr jobs job career careers recruitment recruiting tuyendung nhansu',
    'accounting accountant account accounts finance billing invoice invoices payment payments purchase purchasing',
    // Without marks some of them would be names of people: `van.phong`, `thanh.toan`, `bao.hanh` stay persons.
    'ketoan taichinh hoadon muahang banhang kinhdoanh donhang giaohang kho congty cuahang shop store hopthu',
    'cskh chamsockhachhang khachhang dichvu hotro hotrokhachhang lienhe phanhoi gopy kythuat hanhchinh',
  ].flatMap((line) => line.split(' ')),
);

/** Words that a role may carry along: a place, a number, a language. */
const SUFFIX = /(?:\d{1,4}|hn|hcm|sg|sgn|dn|vn|vietnam)$/;

/**
 * Tells whether an address belongs to a post rather than to a person: `info@…`, `ke.toan@…`, `cskh2@…`. Such an identity
 * starts as `shared` and never joins people (identity design, section 3.3).
 *
 * @param address normalised
 */
export function isRoleMailbox(address: string): boolean {
  const at = address.lastIndexOf('@');
  const [local = ''] = address.slice(0, Math.max(at, 0)).split('+');
  const word = local.toLowerCase().replace(/[._-]/g, '');
  return ROLES.has(word) || ROLES.has(word.replace(SUFFIX, '')) || /^(?:noreply|donotreply)/.test(word);
}
