import fc from 'fast-check';
import type { CallReport } from '@app/contracts';
import { describeCall } from './describe-call.js';
import { foldCall, type PlacedReport } from './fold-call.js';

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 20, 3, 0, seconds)).toISOString();
let counter = 0;
const said = (seconds: number, report: CallReport): PlacedReport<CallReport> => ({
  id: `in_${++counter}`,
  occurredAt: at(seconds),
  report,
});

const rang = said(0, { stage: 'ringing', started_at: at(0), our_number: '+842871000001' });
const agentRang = said(2, { stage: 'ringing', leg: { id: 'a', agent: '101' } });
const agentMissed = said(12, { leg: { id: 'a', agent: '101', ended_at: at(12), outcome: 'no_answer' } });
const otherAnswered = said(15, {
  stage: 'answered',
  answered_at: at(15),
  leg: { id: 'b', agent: '102', answered_at: at(15) },
});
const transferred = said(40, { stage: 'answered', leg: { id: 'c', agent: '103', answered_at: at(40) } });
const ended = said(80, { stage: 'ended', ended_at: at(80), outcome: 'unknown', hung_up_by: 'customer' });
const recording = (state: 'pending' | 'available' | 'absent', seconds = 95): PlacedReport<CallReport> =>
  said(seconds, {
    recording: { id: 'RE1', state, source: 'url', locator: 'https://api.example/RE1', duration_seconds: 65 },
  });

describe('foldCall', () => {
  it('tells of a call that an agent answered and handed on', () => {
    const { call, attachments } = foldCall([
      rang,
      agentRang,
      agentMissed,
      otherAnswered,
      transferred,
      ended,
      recording('available'),
    ]);
    expect(call).toEqual({
      stage: 'ended',
      outcome: 'answered',
      started_at: at(0),
      answered_at: at(15),
      ended_at: at(80),
      ring_seconds: 15,
      talk_seconds: 65,
      our_number: '+842871000001',
      legs: [
        { id: 'b', agent: '102', answered_at: at(15), outcome: 'answered' },
        { id: 'c', agent: '103', answered_at: at(40), outcome: 'answered' },
        { id: 'a', agent: '101', ended_at: at(12), outcome: 'no_answer' },
      ],
      recordings: [{ id: 'RE1', state: 'available', duration_seconds: 65 }],
      hung_up_by: 'customer',
    });
    expect(attachments).toEqual([
      { kind: 'audio', state: 'pending', source: 'url', locator: 'https://api.example/RE1' },
    ]);
    expect(describeCall(call, 'inbound')).toBe('Cuộc gọi đến: đã nghe máy, 1 phút 05 giây');
  });

  it('does not go back to ringing when that report comes last', () => {
    expect(foldCall([ended, rang]).call).toMatchObject({ stage: 'ended', started_at: at(0) });
    expect(foldCall([otherAnswered, rang]).call.stage).toBe('answered');
  });

  it('is missed when no leg was answered, and tells for how long it rang', () => {
    const missed = said(20, { stage: 'ended', ended_at: at(20), outcome: 'missed' });
    const { call } = foldCall([missed, rang]);
    expect(call).toMatchObject({ outcome: 'missed', ring_seconds: 20 });
    expect(call.talk_seconds).toBeUndefined();
    expect(describeCall(call, 'inbound')).toBe('Cuộc gọi đến: cuộc gọi nhỡ');
  });

  it('is missed for the customer when an agent’s line was busy', () => {
    const busy = said(5, { leg: { id: 'a', agent: '101', ended_at: at(5), outcome: 'busy' } });
    expect(foldCall([rang, busy, ended]).call.outcome).toBe('missed');
  });

  it('is answered when the result of a leg says so and no report tells when', () => {
    const result = said(70, { leg: { id: 'a', outcome: 'answered' }, talk_seconds: 35 });
    expect(foldCall([rang, result, ended]).call).toMatchObject({ outcome: 'answered', talk_seconds: 35 });
  });

  it('takes the earliest of each time, also from a report that was made later', () => {
    const counted = said(90, { leg: { id: 'b', answered_at: at(14), ended_at: at(70) } });
    const { call } = foldCall([rang, otherAnswered, counted, ended]);
    expect(call.answered_at).toBe(at(14));
    expect(call.legs).toMatchObject([{ id: 'b', answered_at: at(14) }]);
  });

  it('claims no outcome before the end', () => {
    expect(foldCall([rang, agentMissed]).call.outcome).toBeUndefined();
  });

  it('takes the talk time of the provider where no report tells the answer', () => {
    const only = said(60, {
      stage: 'ended',
      started_at: at(0),
      ended_at: at(60),
      outcome: 'answered',
      talk_seconds: 42,
    });
    const { call } = foldCall([only]);
    expect(call).toMatchObject({ outcome: 'answered', talk_seconds: 42 });
    expect(call.ring_seconds).toBeUndefined();
  });

  it('keeps a recording that became available, whatever comes late', () => {
    expect(foldCall([recording('available'), recording('pending', 99), rang]).attachments).toHaveLength(1);
    expect(foldCall([recording('absent'), rang]).attachments).toEqual([]);
  });

  it('is a function of the set of reports', () => {
    const seconds = fc.nat(120).map(at);
    const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
    const outcome = fc.constantFrom('answered', 'missed', 'busy', 'no_answer', 'failed', 'unknown', 'a later word');
    const leg = fc.record(
      {
        id: fc.constantFrom('a', 'b'),
        agent: fc.constantFrom('101', '102'),
        answered_at: seconds,
        ended_at: seconds,
        outcome,
      },
      { requiredKeys: ['id'] },
    );
    const record = fc.record({
      id: fc.constantFrom('RE1', 'RE2'),
      state: fc.constantFrom('pending', 'available', 'absent', 'failed'),
      source: fc.constant('url'),
      locator: fc.constantFrom('x', 'y'),
    });
    const report = fc
      .record(
        {
          stage: fc.constantFrom('initiated', 'ringing', 'answered', 'ended'),
          outcome,
          started_at: seconds,
          answered_at: seconds,
          ended_at: seconds,
          talk_seconds: fc.nat(100),
          our_number: fc.constantFrom('+842871000001', '+842871000002'),
          leg: some(leg),
          recording: some(record),
          hung_up_by: fc.constantFrom('customer', 'agent'),
          cause: fc.constantFrom('16', '17'),
        },
        { requiredKeys: [] },
      )
      .chain((made) => fc.nat(50).map((second) => said(second, made as CallReport)));
    const shuffled = fc
      .array(report, { minLength: 1, maxLength: 10 })
      .chain((reports) => fc.tuple(fc.constant(reports), fc.shuffledSubarray(reports, { minLength: reports.length })));
    fc.assert(
      fc.property(shuffled, ([reports, permuted]) => {
        expect(foldCall([...permuted, permuted[0]!])).toEqual(foldCall(reports));
      }),
      { numRuns: 500 },
    );
  });
});
