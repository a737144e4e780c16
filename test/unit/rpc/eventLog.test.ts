import { describe, expect, it } from 'vitest';
import { EventLog } from '../../../daemon/server/rpc/eventLog.ts';

const walk = (log: EventLog, cursor: number): string[] => {
  const seen: string[] = [];
  log.walk(cursor, ({ job_id, index }) => {
    seen.push(index === null ? job_id : `${job_id}#${index}`);
    return true;
  });
  return seen;
};

describe('the event log', () => {
  it('tells each thing once, in the order of its latest change', () => {
    const log = new EventLog(10, 1000);
    log.append('a', null, 1);
    log.append('a', 0, 2);
    log.append('b', null, 3);
    log.append('a', null, 4);
    expect(walk(log, 1000)).toEqual(['a#0', 'b', 'a']);
    expect(walk(log, 1003)).toEqual(['a']);
    expect(walk(log, log.head)).toEqual([]);
  });

  it('covers exactly what the ring still holds of this daemon', () => {
    const log = new EventLog(3, 1000);
    expect(log.covers(1000)).toBe(true);
    for (let index = 0; index < 3; index += 1) log.append('a', index, 1);
    expect(log.covers(1000)).toBe(true);
    log.append('a', 3, 1);
    expect(log.covers(1000)).toBe(false);
    expect(log.covers(1001)).toBe(true);
    expect(walk(log, 1001)).toEqual(['a#1', 'a#2', 'a#3']);
    expect(log.covers(999)).toBe(false);
    expect(log.covers(log.head + 1)).toBe(false);
  });

  it('forgets things that have left the ring, however many there were', () => {
    const log = new EventLog(100, 0);
    for (let job = 0; job < 1_000; job += 1) {
      log.append(`job ${job}`, null, 1);
      log.append(`job ${job}`, 0, 1);
    }
    expect(log.entities).toBe(100);
  });

  it('keeps a thing that changes on and on as one', () => {
    const log = new EventLog(4, 0);
    for (let change = 0; change < 50; change += 1) log.append('a', null, change);
    expect(log.entities).toBe(1);
    expect(walk(log, log.head - 4)).toEqual(['a']);
  });

  it('stops where it is told and says how far it came', () => {
    const log = new EventLog(10, 0);
    for (let index = 0; index < 5; index += 1) log.append('a', index, 1);
    let seen = 0;
    const cursor = log.walk(0, () => {
      seen += 1;
      return seen < 2;
    });
    expect(cursor).toBe(2);
    expect(walk(log, cursor)).toEqual(['a#2', 'a#3', 'a#4']);
  });
});
