// Drives `culprit proxy` with npm's toxiproxy-node-client: API UPSTREAM. Says what it saw as JSON.
import http from 'node:http';
import { createRequire } from 'node:module';

const { Toxiproxy } = createRequire(import.meta.url)('toxiproxy-node-client');
const [api, upstream] = process.argv.slice(2);
const seen = {};

// A request through a proxy: its status and milliseconds, or the error's code.
function ask(proxy, path = '/') {
  const [host, port] = proxy.listen.split(':');
  const began = performance.now();
  return new Promise((resolve) => {
    const request = http.get({ host, port, path, agent: false }, (reply) => {
      reply.on('data', () => {});
      reply.on('end', () => resolve({ status: reply.statusCode, ms: performance.now() - began }));
      reply.on('error', (error) => resolve({ error: error.code }));
    });
    request.setTimeout(700, () => request.destroy(Object.assign(new Error(), { code: 'LATE' })));
    request.on('error', (error) => resolve({ error: error.code }));
  });
}

async function refused(promise) {
  try {
    await promise;
    return 'accepted';
  } catch (error) {
    return Number(String(error.message).match(/\d+$/)?.[0]);
  }
}

const client = new Toxiproxy(api);
seen.version = await client.getVersion();
const proxy = await client.createProxy({ name: 'web', listen: '127.0.0.1:0', upstream });
seen.plain = await ask(proxy);
seen.again = await refused(client.createProxy({ name: 'web', listen: '127.0.0.1:0', upstream }));

const latency = await proxy.addToxic({
  name: 'slow', type: 'latency', stream: 'downstream', toxicity: 1, attributes: { latency: 150, jitter: 0 },
});
seen.slow = await ask(proxy);
const updated = await latency.update({ toxicity: 1, attributes: { latency: 50, jitter: 0 } });
seen.updated = updated.attributes.latency;
seen.lessSlow = await ask(proxy);
seen.fetched = (await proxy.getToxic('slow')).attributes.latency;
seen.unknownType = await refused(proxy.addToxic({ name: 'x', type: 'latnecy', stream: 'upstream', toxicity: 1, attributes: {} }));
await latency.remove();
seen.fast = await ask(proxy);

for (const [type, attributes] of [['reset_peer', { timeout: 0 }], ['timeout', { timeout: 100 }],
  ['limit_data', { bytes: 20 }], ['bandwidth', { rate: 1 }], ['slicer', { average_size: 10, size_variation: 2, delay: 100 }],
  ['slow_close', { delay: 100 }]]) {
  const toxic = await proxy.addToxic({ name: type, type, stream: 'downstream', toxicity: 1, attributes });
  seen[type] = await ask(proxy);
  await toxic.update({ toxicity: 0, attributes });
  seen[`${type} of nobody`] = await ask(proxy);
  await toxic.remove();
}
const error = await proxy.addToxic({ name: 'e', type: 'http_error', stream: 'upstream', toxicity: 1, attributes: { status: 429, path: '/pay*' } });
seen.pay = await ask(proxy, '/pay/1');
seen.other = await ask(proxy, '/other');
await error.remove();

await proxy.update({ enabled: false, listen: proxy.listen, upstream });
seen.disabled = await ask(proxy);
await client.reset();
seen.enabled = await ask(proxy);
const populated = await client.populate([{ name: 'web', listen: proxy.listen, upstream, enabled: true },
  { name: 'two', listen: '127.0.0.1:0', upstream, enabled: true }]);
seen.populated = Object.keys(populated).sort();
seen.all = Object.keys(await client.getAll()).sort();
await (await client.get('two')).remove();
seen.gone = await refused(client.get('two'));
console.log(JSON.stringify(seen));
