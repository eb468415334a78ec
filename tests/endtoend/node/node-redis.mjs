// The jobs a service does with node-redis: a cache, a queue, a stream with a group, messages, a transaction. Ends with 0
// when every answer is right.
import assert from "node:assert/strict";
import { createClient } from "redis";

const [host, port] = process.argv.slice(2);
const options = { socket: { host, port: Number(port), reconnectStrategy: false, connectTimeout: 5000 } };
const client = createClient(options);
const second = client.duplicate();

try {
  await client.connect();
  await second.connect();

  assert.equal(await client.set("greeting", "hello", { EX: 100 }), "OK");
  assert.equal(await client.get("greeting"), "hello");
  assert.equal(await client.set("greeting", "again", { NX: true }), null);
  assert.equal(await client.hSet("user", { name: "Ada", born: "1815" }), 2);
  assert.deepEqual({ ...(await client.hGetAll("user")) }, { name: "Ada", born: "1815" });
  assert.equal(await client.sAdd("colours", ["red", "green", "red"]), 2);
  assert.deepEqual((await client.sMembers("colours")).sort(), ["green", "red"]);
  await client.zAdd("scores", [{ score: 2, value: "b" }, { score: 1, value: "a" }]);
  assert.deepEqual(await client.zRangeWithScores("scores", 0, -1), [
    { value: "a", score: 1 },
    { value: "b", score: 2 },
  ]);

  const job = second.blPop("queue", 10);
  assert.equal(await client.rPush("queue", "job"), 1);
  assert.deepEqual({ ...(await job) }, { key: "queue", element: "job" });

  await client.xGroupCreate("events", "workers", "$", { MKSTREAM: true });
  const id = await client.xAdd("events", "*", { kind: "created" });
  const [{ messages }] = await second.xReadGroup("workers", "one", { key: "events", id: ">" }, { COUNT: 10 });
  assert.equal(messages[0].id, id);
  assert.deepEqual({ ...messages[0].message }, { kind: "created" });
  assert.equal(await client.xAck("events", "workers", id), 1);

  const heard = new Promise((resolve) => second.subscribe("news", (message) => resolve(message)));
  while ((await client.publish("news", "extra")) === 0);
  assert.equal(await heard, "extra");
  await second.unsubscribe("news");

  assert.deepEqual(await client.multi().incr("counter").incrBy("counter", 41).get("counter").exec(), [1, 42, "42"]);
  await assert.rejects(client.incr("greeting"), /not an integer/);

  const many = await Promise.all(Array.from({ length: 1000 }, (_, i) => client.set(`many:${i}`, String(i))));
  assert.ok(many.every((reply) => reply === "OK"));
  let seen = 0;
  for await (const keys of client.scanIterator({ MATCH: "many:*", COUNT: 100 })) {
    seen += keys.length;
  }
  assert.equal(seen, 1000);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  client.destroy();
  second.destroy();
}
