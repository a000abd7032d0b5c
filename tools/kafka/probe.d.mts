/** Whether a Kafka broker that counts itself among the live ones answers there; false after two seconds of silence. */
export declare function brokerAnswers(host: string, port: number): Promise<boolean>;
