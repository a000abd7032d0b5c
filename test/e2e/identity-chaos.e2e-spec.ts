import { runIdentityChaos, type ChaosScale } from '../support/identity-chaos.js';
import { describeUnless } from '../support/skips.js';

/** For every run of the suite; `npm run chaos` sets the other one. */
const SMALL: ChaosScale = { messages: 6_000, workerKills: 15, serverKills: 3, batch: 40, seed: 20 };
const FULL: ChaosScale = { messages: 70_000, workerKills: 300, serverKills: 40, batch: 60, seed: 11 };

const isFull = (globalThis as { chaosScale?: unknown }).chaosScale === 'full';
const scale = isFull ? FULL : SMALL;
const TIMEOUT_MS = isFull ? 3_600_000 : 300_000;

const tell = (line: string): void => void process.stdout.write(`  ${line}\n`);

const foreign = process.env['DATABASE_URL'] ? 'servers of others are not killed' : undefined;
describeUnless(foreign)('Killing those who work out who is who, and their PostgreSQL, with -9', () => {
  it(
    `leaves ${scale.messages} messages, their people and their announcements exact`,
    async () => {
      const report = await runIdentityChaos(scale, tell);
      tell(JSON.stringify(report));
      expect(report).toMatchObject({
        entries: { stored: scale.messages, missing: 0, strange: 0 },
        announced: { rows: scale.messages, notOnce: 0 },
        identityStatesOff: 0,
        movesOff: 0,
        brokenInvariants: [],
        wrongEvidence: 0,
        wrongPointers: 0,
        strangeIdentities: 0,
      });
      // The chaos was one: work was repeated, and evidence joined people.
      expect(report.redelivered).toBeGreaterThan(scale.workerKills);
      expect(report.zombies).toBeGreaterThan(0);
      expect(report.people).toBeLessThan(report.identities);
    },
    TIMEOUT_MS,
  );
});
