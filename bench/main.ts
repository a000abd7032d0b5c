import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchEndToEnd } from './end-to-end.js';
import { benchFebrl } from './febrl.js';
import { benchFuzz } from './fuzz.js';
import { benchGateway } from './gateway.js';
import { benchGraph } from './graph.js';
import { benchIdentity } from './identity.js';
import { benchLargeMail } from './large-mail.js';
import { benchMailbox } from './mailbox.js';
import { benchParse } from './parse.js';
import { benchReading } from './reading.js';
import { benchUnifier } from './unifier.js';
import { environmentLines, toMarkdown, type ResultTable } from './support/report.js';

const HELP = `Usage: npm run bench [-- <name>...] [-- --quick] [-- --write]

Names: gateway, unifier, end-to-end, reading, mailbox, large-mail, febrl, identity, graph, parse, fuzz; all of them when none is given.

  --quick  few and short rounds, to see that it works
  --write  puts the results into bench/RESULTS.md
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
const { quick } = values;

const BENCHES: Readonly<Record<string, () => Promise<ResultTable>>> = {
  gateway: () => benchGateway(quick ? { rounds: 2, secondsEach: 2 } : { rounds: 7, secondsEach: 6 }),
  unifier: () =>
    benchUnifier(
      quick
        ? { rounds: 2, messagesEach: 4_000, existing: [10_000], batches: [500], workers: [1] }
        : {
            rounds: 5,
            messagesEach: 10_000,
            existing: [100_000, 1_000_000],
            batches: [100, 500, 2_000],
            workers: [1, 4],
          },
    ),
  'end-to-end': () =>
    benchEndToEnd(
      quick ? { rounds: 1, secondsEach: 5, perSecond: 200 } : { rounds: 5, secondsEach: 20, perSecond: 500 },
    ),
  reading: () => benchReading(quick ? { rounds: 2, entries: 50_000 } : { rounds: 9, entries: 1_000_000 }),
  mailbox: () => benchMailbox(quick ? { rounds: 2, mails: 1_000 } : { rounds: 3, mails: 20_000 }),
  'large-mail': () => benchLargeMail({ rounds: quick ? 1 : 5, mebibytes: [5, 15, 50] }),
  fuzz: () => benchFuzz({ secondsEach: quick ? 1 : 20, seed: 20_261_126 }),
  parse: () => benchParse(quick ? { rounds: 2, bodies: 2_000 } : { rounds: 9, bodies: 20_000 }),
  graph: () =>
    benchGraph(
      quick
        ? { rounds: 5, entries: 200_000, reads: 100, storm: 4_000 }
        : { rounds: 40, entries: 1_000_000, reads: 400, storm: 20_000 },
    ),
  identity: () =>
    benchIdentity(
      quick
        ? { people: 500, messages: 3_000, seeds: [1], workers: 4 }
        : { people: 5_000, messages: 30_000, seeds: [1, 2], workers: 4 },
    ),
  febrl: () => benchFebrl(quick ? { sets: ['Febrl1'] } : {}),
};

if (values.help) {
  process.stdout.write(HELP);
} else {
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHES);
  const unknown = names.filter((name) => BENCHES[name] === undefined);
  if (unknown.length > 0) throw new Error(`No such benchmark: ${unknown.join(', ')}\n${HELP}`);
  const command = ['npm run bench --', ...positionals, ...(quick ? ['--quick'] : [])].join(' ');
  const document = ['# Results', '', ...environmentLines(), `- \`${command}\``, ''];
  for (const name of names) {
    document.push(toMarkdown(await BENCHES[name]!()));
    // After each, because all of them take most of an hour.
    if (values.write) writeFileSync('bench/RESULTS.md', document.join('\n'));
  }
  process.stdout.write(`${document.join('\n')}\n`);
}
