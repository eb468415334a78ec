// A session as a Node.js program has it. Ends with 0 when every answer is right.
import assert from "node:assert/strict";
import { Redis } from "ioredis";

const [host, port] = process.argv.slice(2);
const redis = new Redis({ host, port: Number(port), retryStrategy: null, connectTimeout: 5000 });

try {
  assert.equal(await redis.ping(), "PONG");
  assert.equal(await redis.set("greeting", "hello"), "OK");
  assert.equal(await redis.get("greeting"), "hello");
  assert.equal(await redis.get("missing"), null);
  assert.deepEqual(await redis.mget("greeting", "missing"), ["hello", null]);
  assert.equal(await redis.incrby("counter", 41), 41);
  assert.equal(await redis.incr("counter"), 42);
  assert.equal(await redis.set("brief", "x", "EX", 100), "OK");
  const ttl = await redis.ttl("brief");
  assert.ok(ttl > 90 && ttl <= 100, `ttl ${ttl}`);
  await assert.rejects(redis.call("NOSUCH"), /unknown command/);
  await assert.rejects(redis.incr("greeting"), /not an integer/);

  const binary = Buffer.from([0, 255, 13, 10, 0]);
  await redis.set("binary", binary);
  assert.deepEqual(await redis.getBuffer("binary"), binary);

  const pipeline = redis.pipeline();
  for (let i = 0; i < 1000; i++) {
    pipeline.set(`many:${i}`, i);
  }
  const replies = await pipeline.exec();
  assert.ok(replies.every(([error, reply]) => error === null && reply === "OK"));

  const seen = new Set();
  for await (const keys of redis.scanStream({ match: "many:*", count: 50 })) {
    keys.forEach((key) => seen.add(key));
  }
  assert.equal(seen.size, 1000);

  const large = "v".repeat(5_000_000);
  await redis.set("large", large);
  assert.equal(await redis.get("large"), large);

  assert.equal(await redis.del("greeting", "large"), 2);
  assert.match(await redis.info("server"), /redis_version:/);
  assert.equal(await redis.quit(), "OK");
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  redis.disconnect();
}
