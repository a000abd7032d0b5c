import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { CHANNELS, inboundTopic, receiptsTopic } from '@app/contracts';
import { OnBatch, type BatchOutcome, type StreamBatch } from '@app/stream';
import { UnifyBatchService } from './unify-batch.service.js';

const TOPICS = [...CHANNELS.map(inboundTopic), ...CHANNELS.map(receiptsTopic)];

/** Hands the batches of every inbound and receipts topic to the service. */
@Controller()
export class UnifyBatchController {
  constructor(@Inject(UnifyBatchService) private readonly service: UnifyBatchService) {}

  @OnBatch(...TOPICS)
  async unify(@Payload() batch: StreamBatch): Promise<BatchOutcome> {
    return await this.service.unify(batch);
  }
}
