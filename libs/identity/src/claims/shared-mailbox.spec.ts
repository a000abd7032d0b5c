import { isRoleMailbox } from './shared-mailbox.js';

describe('an address that several people answer', () => {
  it.each([
    'info@congty.example',
    'sales@congty.example',
    'support@congty.example',
    'admin@congty.example',
    'no-reply@congty.example',
    'noreply@congty.example',
    'no_reply@congty.example',
    'noreply-billing@congty.example',
    'do-not-reply@congty.example',
    'ketoan@congty.example',
    'ke.toan@congty.example',
    'ke-toan2@congty.example',
    'cskh@congty.example',
    'cskh.hn@congty.example',
    'lienhe@congty.example',
    'ho.tro@congty.example',
    'contact@congty.example',
    'office@congty.example',
    'hr@congty.example',
    'tuyendung@congty.example',
    'tuyen.dung@congty.example',
    'order@congty.example',
    'donhang@congty.example',
    'billing@congty.example',
    'postmaster@congty.example',
    'abuse@congty.example',
    'info+tet@congty.example',
    'info2026@congty.example',
    'mailer-daemon@congty.example',
  ])('%s', (address) => expect(isRoleMailbox(address)).toBe(true));
});

describe('a person', () => {
  it.each([
    'ha.le@congty.example',
    'thong.tin.nguyen@congty.example',
    'van.phong@congty.example',
    'thanh.toan@congty.example',
    'bao.hanh@congty.example',
    'van.tai@congty.example',
    'tu.van@congty.example',
    'le.tan@congty.example',
    'informatics@congty.example',
    'an@congty.example',
    'na@congty.example',
    'constructor@congty.example',
    '84901234567@congty.example',
    'info',
    '',
  ])('%j', (address) => expect(isRoleMailbox(address)).toBe(false));
});
