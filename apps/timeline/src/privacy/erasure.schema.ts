import { z } from 'zod';
import { author, reason } from '../graph/request.schema.js';
import { instant, text } from '../http/field.js';

/** Body of `POST /v1/customers/<id>/erasure`. */
export const erasureRequest = z
  .strictObject({
    reason: reason.optional(),
    author,
    dry_run: z.boolean().meta({ description: 'True: only tell what it would reach; has to be said', examples: [true] }),
  })
  .meta({ id: 'ErasureRequest', description: 'Erases a customer for good' });

/** Body of `POST /v1/identities/<id>/epochs`. */
export const epochRequest = z
  .strictObject({
    from: z.iso
      .datetime({ offset: true })
      .meta({ description: 'First instant of the next owner', examples: ['2026-11-20T08:15:02.113Z'] }),
    author,
  })
  .meta({ id: 'EpochRequest', description: 'A number or an address changed hands' });

/** What an erasure reached, or would reach. */
export const erasureSchema = z
  .object({
    erasure_id: text('Its number; absent in a dry run', 'ers_0192c3e1-7a44-7c11-9d5e-0c7f6a8b1122').optional(),
    dry_run: z.boolean().meta({ description: 'True: nothing was erased', examples: [false] }),
    customer_id: text('Customer', 'cus_204518'),
    identity_ids: z.array(z.string()).meta({ description: 'Identities that it reaches', examples: [['idn_42']] }),
    entries: z
      .int()
      .optional()
      .meta({ description: 'Entries that it would reach; in a dry run', examples: [12] }),
    effective_at: instant('Since when nothing of it can be read').optional(),
  })
  .meta({ id: 'Erasure', description: 'What an erasure reaches' });

/** The end of an owner's time. */
export const epochSchema = z
  .object({
    identity_id: text('Identity of the owner until then', 'idn_42'),
    valid_to: instant('End of its time'),
  })
  .meta({ id: 'Epoch', description: 'The end of an owner’s time; whoever writes after it is somebody new' });

export type ErasureRequest = z.infer<typeof erasureRequest>;
export type EpochRequest = z.infer<typeof epochRequest>;
export type ErasureResult = z.infer<typeof erasureSchema>;
export type EpochResult = z.infer<typeof epochSchema>;
