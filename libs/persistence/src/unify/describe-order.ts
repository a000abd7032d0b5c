import type { Order, OrderStatus } from '@app/contracts';

const STATUSES: Readonly<Record<OrderStatus, string>> = {
  created: 'đã đặt',
  confirmed: 'đã xác nhận',
  paid: 'đã thanh toán',
  shipped: 'đã gửi hàng',
  delivered: 'đã giao',
  cancelled: 'đã hủy',
  refunded: 'đã hoàn tiền',
};

/** `1.250.000 ₫`; other currencies with their code. */
function money(total: number, currency = 'VND'): string {
  const [whole = '', fraction] = String(total).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '.');
  return `${fraction === undefined ? grouped : `${grouped},${fraction}`} ${currency === 'VND' ? '₫' : currency}`;
}

/** An order in one line, for readers that know nothing of orders: `Đơn hàng DH-1042: đã giao, 1.250.000 ₫`. */
export function describeOrder({ number, status, total, currency }: Order): string {
  const state = Object.hasOwn(STATUSES, status) ? STATUSES[status as OrderStatus] : status;
  return `Đơn hàng ${number}: ${state}${total === undefined ? '' : `, ${money(total, currency)}`}`;
}
