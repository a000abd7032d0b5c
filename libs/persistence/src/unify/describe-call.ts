import type { Call, CallOutcome } from '@app/contracts';

const OUTCOMES: Readonly<Record<CallOutcome, string>> = {
  answered: 'đã nghe máy',
  missed: 'cuộc gọi nhỡ',
  no_answer: 'không trả lời',
  busy: 'máy bận',
  voicemail: 'để lại lời nhắn',
  canceled: 'đã hủy',
  failed: 'không kết nối được',
  unknown: 'đã kết thúc',
};

const STAGES: Readonly<Record<string, string>> = { answered: 'đang nói chuyện' };

function duration(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return minutes === 0 ? `${rest} giây` : `${minutes} phút ${String(rest).padStart(2, '0')} giây`;
}

const stateOf = ({ stage, outcome }: Call): string => {
  if (stage !== 'ended') return STAGES[stage] ?? 'đang đổ chuông';
  return OUTCOMES[outcome as CallOutcome] ?? OUTCOMES.unknown;
};

/** A call in one line, for readers that know nothing of calls: `Cuộc gọi đến: đã nghe máy, 1 phút 05 giây`. */
export function describeCall(call: Call, direction: 'inbound' | 'outbound' | 'internal'): string {
  const what = direction === 'outbound' ? 'Cuộc gọi đi' : 'Cuộc gọi đến';
  const talked = call.stage === 'ended' && call.talk_seconds ? `, ${duration(call.talk_seconds)}` : '';
  return `${what}: ${stateOf(call)}${talked}`;
}
