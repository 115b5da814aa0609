import { createServer } from 'node:http';

/** The target of both sides: a small answer, one request per connection. Prints its port. */
const server = createServer((_req, res) => {
  res.writeHead(200, { 'content-type': 'text/plain', 'content-length': '2', connection: 'close' });
  res.end('ok');
});
server.keepAliveTimeout = 1;
server.listen(0, '127.0.0.1', 4_096, () => {
  const address = server.address();
  console.log(typeof address === 'object' && address ? address.port : 0);
});
