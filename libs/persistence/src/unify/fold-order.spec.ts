import fc from 'fast-check';
import type { OrderReport } from '@app/contracts';
import { describeOrder } from './describe-order.js';
import type { PlacedReport } from './fold-call.js';
import { foldOrder } from './fold-order.js';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 20, 3, minute)).toISOString();
let counter = 0;
const said = (minute: number, report: Omit<OrderReport, 'number'>): PlacedReport<OrderReport> => ({
  id: `in_${++counter}`,
  occurredAt: at(minute),
  report: { number: 'DH-1042', ...report },
});

const created = said(0, {
  status: 'created',
  total: 350_000,
  currency: 'VND',
  items: [{ name: 'Áo dài', quantity: 1 }],
});
const shipped = said(10, { status: 'shipped', tracking_number: 'GHN0001' });
const paid = said(20, { status: 'paid', total: 320_000 });

describe('foldOrder', () => {
  it('keeps what later reports do not mention, and takes what they correct', () => {
    const { order, placedAt } = foldOrder([paid, created, shipped]);
    expect(order).toEqual({
      number: 'DH-1042',
      status: 'paid',
      total: 320_000,
      currency: 'VND',
      items: [{ name: 'Áo dài', quantity: 1 }],
      tracking_number: 'GHN0001',
      history: [
        { status: 'created', occurred_at: at(0) },
        { status: 'shipped', occurred_at: at(10) },
        { status: 'paid', occurred_at: at(20) },
      ],
    });
    expect(placedAt).toBe(at(0));
    expect(describeOrder(order)).toBe('Đơn hàng DH-1042: đã thanh toán, 320.000 ₫');
  });

  it('stands where the order was placed, when a report tells', () => {
    expect(foldOrder([said(30, { status: 'delivered', placed_at: at(5) })]).placedAt).toBe(at(5));
  });

  it('puts what happened in one instant in its usual order', () => {
    expect(foldOrder([said(0, { status: 'paid' }), said(0, { status: 'created' })]).order.status).toBe('paid');
  });

  it.each([
    [1_250_000, 'VND', 'Đơn hàng A: đã đặt, 1.250.000 ₫'],
    [999, undefined, 'Đơn hàng A: đã đặt, 999 ₫'],
    [12.5, 'USD', 'Đơn hàng A: đã đặt, 12,5 USD'],
    [undefined, 'VND', 'Đơn hàng A: đã đặt'],
  ])('writes %s %s as people do', (total, currency, line) => {
    const order = {
      number: 'A',
      status: 'created' as const,
      history: [],
      ...JSON.parse(JSON.stringify({ total, currency })),
    };
    expect(describeOrder(order)).toBe(line);
  });

  it('is a function of the set of reports', () => {
    const report = fc
      .record(
        {
          status: fc.constantFrom('created', 'paid', 'shipped', 'cancelled', 'a later word'),
          total: fc.nat(100),
          note: fc.constantFrom('a', 'b'),
          placed_at: fc.nat(9).map(at),
        },
        { requiredKeys: ['status'] },
      )
      .chain((made) => fc.nat(9).map((minute) => said(minute, made)));
    const shuffled = fc
      .array(report, { minLength: 1, maxLength: 8 })
      .chain((reports) => fc.tuple(fc.constant(reports), fc.shuffledSubarray(reports, { minLength: reports.length })));
    fc.assert(
      fc.property(shuffled, ([reports, permuted]) => {
        expect(foldOrder([...permuted, permuted[0]!])).toEqual(foldOrder(reports));
      }),
    );
  });
});
