import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../../daemon/client/versions.ts';

describe('versions', () => {
  const ordered = [
    '0.0.0-dev',
    '0.1.0-alpha',
    '0.1.0-alpha.1',
    '0.1.0-alpha.beta',
    '0.1.0-beta.2',
    '0.1.0-beta.11',
    '0.1.0',
    '0.1.1',
    '0.2.0',
    '0.10.0',
    '1.0.0',
  ];

  it('are ordered as semantic versioning says', () => {
    for (const [left, a] of ordered.entries()) {
      for (const [right, b] of ordered.entries()) {
        expect(Math.sign(compareVersions(a, b)), `${a} and ${b}`).toBe(Math.sign(left - right));
      }
    }
  });

  it('are equal whatever the build metadata', () => {
    expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0);
  });
});
