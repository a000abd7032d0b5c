import { z } from 'zod';
import { instant, openEnum, text } from './schema.js';

/** Stages of a call with their rank; it only ever moves to a higher one. */
export const CALL_STAGE_RANK = { initiated: 10, ringing: 20, answered: 30, ended: 40 } as const;

/** How far a call got. */
export type CallStage = keyof typeof CALL_STAGE_RANK;

/**
 * What a call came to, with the rank by which legs that say different things are weighed: one agent who answered counts
 * for more than three who did not.
 */
export const CALL_OUTCOME_RANK = {
  unknown: 0,
  failed: 10,
  canceled: 20,
  missed: 30,
  no_answer: 40,
  busy: 50,
  voicemail: 60,
  answered: 70,
} as const;

/** What a call came to. */
export type CallOutcome = keyof typeof CALL_OUTCOME_RANK;

const STAGES = Object.keys(CALL_STAGE_RANK) as [CallStage, ...CallStage[]];
const OUTCOMES = Object.keys(CALL_OUTCOME_RANK) as [CallOutcome, ...CallOutcome[]];
/** States of a recording in the order in which they may follow each other. */
export const RECORDING_STATES = ['pending', 'absent', 'failed', 'available'] as const;

const seconds = (description: string) =>
  z
    .int()
    .min(0)
    .meta({ description, examples: [42] });
const stage = (description: string) => openEnum(description, STAGES);
const outcome = (description: string) => openEnum(description, OUTCOMES);
const ended = openEnum('Who hung up', ['customer', 'agent', 'system']);

/** A call as a timeline shows it: everything that its reports say together. */
export const callSchema = z
  .object({
    stage: stage('How far it got'),
    outcome: outcome('What it came to; present once it ended').optional(),
    started_at: instant('First sign of it: it rang, or was dialled'),
    answered_at: instant('When a person answered; not a machine that greets').optional(),
    ended_at: instant('When it was over').optional(),
    ring_seconds: seconds('From the start to the answer, or to the end').optional(),
    talk_seconds: seconds('From the answer to the end').optional(),
    our_number: text('Our number', '+842871000001').optional(),
    legs: z
      .array(
        z
          .object({
            id: text('The provider’s id of the leg', 'CA22'),
            agent: text('Extension, number or user that was rung', '101').optional(),
            answered_at: instant('When this agent answered').optional(),
            ended_at: instant('When this agent left').optional(),
            outcome: outcome('What became of the leg').optional(),
          })
          .meta({ id: 'CallLeg', description: 'One agent who was rung; several who answered: a transfer' }),
      )
      .meta({ description: 'Agents in the order in which they answered, then the others', examples: [[]] })
      .optional(),
    recordings: z
      .array(
        z
          .object({
            id: text('The provider’s id', 'RE22'),
            state: openEnum('Whether there is one; `available` ones are attachments', RECORDING_STATES),
            duration_seconds: seconds('Length').optional(),
          })
          .meta({ id: 'CallRecording', description: 'A recording of the call' }),
      )
      .meta({ description: 'Recordings by id', examples: [[]] })
      .optional(),
    hung_up_by: ended.optional(),
    cause: text('The provider’s word for how it ended', '486 Busy Here').optional(),
  })
  .meta({ id: 'Call', description: 'A call' });

/** What one report of a provider says about a call; reports add up, whatever their order. */
export const callReportSchema = z
  .object({
    stage: stage('How far the call got; absent in a report about a leg’s end or a recording').optional(),
    outcome: outcome('What it came to, as far as this report can tell').optional(),
    started_at: instant('When the call began, if the report tells; else its own time counts').optional(),
    answered_at: instant('When a person answered').optional(),
    ended_at: instant('When the whole call was over').optional(),
    talk_seconds: seconds('Talk time that the provider states').optional(),
    our_number: text('Our number', '+842871000001').optional(),
    leg: z
      .object({
        id: text('The provider’s id of the leg', 'CA22'),
        agent: text('Extension, number or user that was rung', '101').optional(),
        answered_at: instant('When this agent answered').optional(),
        ended_at: instant('When this agent left').optional(),
        outcome: outcome('What became of the leg').optional(),
      })
      .meta({ id: 'CallReportLeg', description: 'The agent’s leg that the report is about' })
      .optional(),
    recording: z
      .object({
        id: text('The provider’s id', 'RE22'),
        state: openEnum('Whether there is one', RECORDING_STATES),
        source: openEnum('How `locator` is to be read', ['url', 'provider']),
        locator: text('Where it can be fetched: a reference, never the bytes', 'https://api.example/RE22'),
        declared_media_type: text('Type that the provider states', 'audio/mpeg').optional(),
        duration_seconds: seconds('Length').optional(),
      })
      .meta({ id: 'CallReportRecording', description: 'A recording' })
      .optional(),
    hung_up_by: ended.optional(),
    cause: text('The provider’s word for how it ended', '486 Busy Here').optional(),
  })
  .meta({ id: 'CallReport', description: 'What one report says about a call' });

export type Call = z.infer<typeof callSchema>;
export type CallReport = z.infer<typeof callReportSchema>;
