import assert from 'node:assert/strict';

describe('the report panel', () => {
  it('is written when its messages are known', () => assert.ok(true));
});
