/** Kills `pid` and removes `directory` (absolute) once this process is gone; the returned function calls it off. */
export declare function endWithParent(target: { pid: number; directory?: string }): () => void;
