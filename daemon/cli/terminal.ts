import picocolors from 'picocolors';
import { wantsColor, wantsLiveDisplay } from './config.ts';

export type Colors = ReturnType<typeof picocolors.createColors>;

/** One output stream and what it can show. */
export interface Output {
  readonly stream: NodeJS.WriteStream;
  readonly colors: Colors;
  readonly isLive: boolean;
  /** Terminal columns, at least 40; 100 where there is no terminal. */
  columns(): number;
  /** Terminal rows, at least 10. */
  rows(): number;
  write(text: string): void;
}

/** Where results go (stdout) and where everything else goes (stderr). */
export interface Terminal {
  readonly out: Output;
  readonly err: Output;
}

/** Wraps a stream of this process or, in tests, one that only records. */
export function createOutput(stream: NodeJS.WriteStream): Output {
  const isTerminal = stream.isTTY === true;
  return {
    stream,
    colors: picocolors.createColors(wantsColor(isTerminal)),
    isLive: wantsLiveDisplay(isTerminal),
    columns: () => Math.max(40, isTerminal ? (stream.columns ?? 80) : 100),
    rows: () => Math.max(10, isTerminal ? (stream.rows ?? 24) : 1000),
    write(text) {
      // After EPIPE the stream is destroyed; what nobody reads is not written, and the exit code still tells the truth.
      if (!stream.destroyed) stream.write(text);
    },
  };
}
