/** How many events an installation has taken in and what became of them, over all accounts since its start. */
export interface FlowCounts {
  readonly accepted: number;
  readonly entries: number;
  readonly changes: number;
  readonly repeats: number;
  /** Of the unifier: what a connector sets aside is never accepted as an event. */
  readonly deadLetters: number;
}

/** Sums the samples of a counter whose labels contain `label`. */
function sumOf(metrics: string, name: string, label = ''): number {
  return metrics
    .split('\n')
    .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(label))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** Reads the counters from a metrics page in the text format of Prometheus. */
export function readFlow(metrics: string): FlowCounts {
  const unified = (outcome: string): number => sumOf(metrics, 'omniline_unifier_events_total', `outcome="${outcome}"`);
  return {
    accepted: sumOf(metrics, 'omniline_events_accepted_total'),
    entries: unified('entry'),
    changes: unified('change'),
    repeats: unified('repeat'),
    deadLetters: sumOf(metrics, 'omniline_dead_letters_total', 'service="unifier"'),
  };
}

/** What happened between two readings. */
export function flowBetween(before: FlowCounts, after: FlowCounts): FlowCounts {
  return {
    accepted: after.accepted - before.accepted,
    entries: after.entries - before.entries,
    changes: after.changes - before.changes,
    repeats: after.repeats - before.repeats,
    deadLetters: after.deadLetters - before.deadLetters,
  };
}

/** Events accepted of which nothing has become yet. */
export const inFlight = ({ accepted, entries, changes, repeats, deadLetters }: FlowCounts): number =>
  accepted - entries - changes - repeats - deadLetters;
