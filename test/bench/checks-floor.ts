import { request } from 'node:http';

/**
 * What the same requests cost without a product around them: a bare node:http loop, a new connection each.
 * usage: checks-floor.ts PORT PER_SECOND SECONDS; prints {"done","cpuMs"}.
 */
const [port = 0, perSecond = 0, seconds = 0] = process.argv.slice(2).map(Number);
const options = { host: '127.0.0.1', port, path: '/', agent: false, headers: { connection: 'close' } };
/** Not counted: until the code is compiled. The product has been running for a while too when it is measured. */
const WARM_UP_MS = 3_000;
let sent = 0;
let done = 0;
let doneBefore = 0;
let before = process.cpuUsage();

function one(): void {
  const req = request(options, (res) => {
    res.resume();
    res.on('end', finish);
  });
  req.on('error', finish);
  req.end();
}

function finish(): void {
  done++;
}

const began = performance.now();
const loop = setInterval(
  () => {
    const due = Math.floor(((performance.now() - began) / 1_000) * perSecond);
    for (; sent < due; sent++) one();
  },
  Math.max(10, 1_000 / perSecond),
);
setTimeout(() => {
  before = process.cpuUsage();
  doneBefore = done;
}, WARM_UP_MS);
setTimeout(
  () => {
    clearInterval(loop);
    const { user, system } = process.cpuUsage(before);
    console.log(JSON.stringify({ done: done - doneBefore, cpuMs: (user + system) / 1_000 }));
    process.exit(0);
  },
  WARM_UP_MS + seconds * 1_000,
);
