// A program on a cluster of three nodes, of which it kills one: node ioredis-cluster.mjs PID HOST:PORT... Ends with 0 when
// every answer is right.
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { Cluster } from "ioredis";

const KEYS = 300;
const [victim, ...nodes] = process.argv.slice(2);
const startup = nodes.map((node) => ({ host: node.split(":")[0], port: Number(node.split(":")[1]) }));
const cluster = new Cluster(startup, {
  slotsRefreshInterval: 500,
  clusterRetryStrategy: () => 100,
  redisOptions: { connectTimeout: 2000 },
});
cluster.on("error", () => {});

async function until(what, holds) {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `not in time: ${what}`);
    await delay(50);
  }
}

// As applications do: what a dying node did not answer is asked again.
async function persistently(command) {
  for (let end = Date.now() + 30_000; ; await delay(50)) {
    try {
      return await command();
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
    }
  }
}

try {
  await until("all nodes known", () => cluster.nodes("master").length === nodes.length);
  const keys = Array.from({ length: KEYS }, (_, i) => `key:${i}`);
  const written = await Promise.all(keys.map((key) => cluster.set(key, key)));
  assert.ok(written.every((reply) => reply === "OK"));
  for (const node of cluster.nodes("master")) {
    const calls = Number(/cmdstat_set:calls=(\d+)/.exec(await node.info("commandstats"))?.[1] ?? 0);
    assert.ok(calls > KEYS / 10 && calls < KEYS, `a node got ${calls} of ${KEYS} commands`);
  }

  const pipeline = cluster.pipeline();
  for (let i = 0; i < 100; i++) {
    pipeline.incr("{tag}:counter").rpush("{tag}:list", i);
  }
  const replies = await pipeline.exec();
  assert.ok(replies.every(([error]) => error === null));
  assert.equal(await cluster.llen("{tag}:list"), 100);
  assert.deepEqual(await cluster.mget("{tag}:counter", "{tag}:none"), ["100", null]);

  await until("all keys on all nodes", async () => {
    const sizes = await Promise.all(cluster.nodes("master").map((node) => node.dbsize()));
    return sizes.every((size) => size === KEYS + 2);
  });
  process.kill(Number(victim), "SIGKILL");
  for (const key of keys) {
    assert.equal(await persistently(() => cluster.get(key)), key);
    assert.equal(await persistently(() => cluster.set(key, "after")), "OK");
  }
  const values = await Promise.all(keys.map((key) => persistently(() => cluster.get(key))));
  assert.ok(values.every((value) => value === "after"));
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  cluster.disconnect();
}

// A refresh of slots that is under way when the client is closed may set its timer again, and nothing ends it.
process.exit();
