// callback.mjs receives the events of an app and greets new customers. It needs
// Node 18 or newer, and nothing else.
//
//   WECOM_BASE_URL          https://qyapi.weixin.qq.com if it is not set
//   WECOM_CORP_ID           WECOM_SECRET
//   WECOM_CALLBACK_TOKEN    WECOM_CALLBACK_AES_KEY
//   PORT                    8080 if it is not set
//
// 「回调配置」 https://developer.work.weixin.qq.com/document/path/90930
// 「加解密方案说明」 https://developer.work.weixin.qq.com/document/path/90968
// 「发送新客户欢迎语」 https://developer.work.weixin.qq.com/document/path/92137

import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const env = (name, otherwise) => {
  const value = process.env[name] || otherwise;
  if (!value) {
    console.error(`callback.mjs: set ${name}`);
    process.exit(2);
  }
  return value;
};

const baseURL = env('WECOM_BASE_URL', 'https://qyapi.weixin.qq.com');
const corpID = env('WECOM_CORP_ID');
const secret = env('WECOM_SECRET');
const callbackToken = env('WECOM_CALLBACK_TOKEN');
const aesKey = Buffer.from(`${env('WECOM_CALLBACK_AES_KEY')}=`, 'base64');
const port = Number(env('PORT', '8080'));

const maxBody = 1 << 20;
const maxAge = 300; // seconds: what is older was recorded and sent again
const welcomeTime = 20_000; // milliseconds in which a welcome code can be used
const remembered = 10_000; // events that would be known if they came again

class Forged extends Error {}

// open checks the signature first, in constant time, and then decrypts.
function open(query, encrypted) {
  const signed = [callbackToken, query.get('timestamp'), query.get('nonce'), encrypted].sort().join('');
  const want = Buffer.from(createHash('sha1').update(signed).digest('hex'));
  const got = Buffer.from(query.get('msg_signature') ?? '');
  if (got.length !== want.length || !timingSafeEqual(got, want)) throw new Forged('signature');
  if (!(Math.abs(Date.now() / 1000 - Number(query.get('timestamp'))) <= maxAge)) throw new Forged('timestamp');
  return decrypt(Buffer.from(encrypted, 'base64'));
}

// decrypt returns the message: 16 random bytes, its length, itself, whom it is
// for, and a padding of 1 to 32 bytes.
function decrypt(sealed) {
  if (sealed.length === 0 || sealed.length % 16 !== 0) throw new Forged('length');
  const cipher = createDecipheriv('aes-256-cbc', aesKey, aesKey.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([cipher.update(sealed), cipher.final()]);
  const pad = padded[padded.length - 1];
  if (pad < 1 || pad > 32 || pad > padded.length || !padded.subarray(-pad).every((b) => b === pad)) throw new Forged('padding');
  const plain = padded.subarray(0, -pad);
  if (plain.length < 20) throw new Forged('length');
  const end = 20 + plain.readUInt32BE(16);
  if (end > plain.length) throw new Forged('length');
  if (plain.toString('utf8', end) !== corpID) throw new Forged('receive id');
  return plain.toString('utf8', 20, end);
}

// fields reads the elements of a flat XML message. What stands in CDATA is text,
// whatever it looks like.
function fields(xml) {
  const found = {};
  const inside = xml.replace(/^\s*<xml>/, '').replace(/<\/xml>\s*$/, '');
  for (const [, name, cdata, text] of inside.matchAll(/<(\w+)>(?:<!\[CDATA\[([\s\S]*?)\]\]>|([\s\S]*?))<\/\1>/g)) {
    found[name] ??= cdata ?? text;
  }
  return found;
}

async function read(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > maxBody) throw new Forged('size');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

let granted; // the token, or the call that asks for it: one for all who wait

async function getToken() {
  const query = new URLSearchParams({ corpid: corpID, corpsecret: secret });
  const asked = Date.now();
  const answer = await (await fetch(`${baseURL}/cgi-bin/gettoken?${query}`, { signal: AbortSignal.timeout(10_000) })).json();
  if (answer.errcode !== 0) throw new Error(`gettoken: ${answer.errcode} ${answer.errmsg}`);
  return { token: answer.access_token, until: asked + (answer.expires_in - 300) * 1000 };
}

async function token() {
  if (granted && (await granted).until < Date.now()) granted = undefined;
  granted ??= getToken();
  try {
    return (await granted).token;
  } catch (err) {
    granted = undefined;
    throw err;
  }
}

async function call(operation, body, deadline) {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${baseURL}/cgi-bin/${operation}?access_token=${await token()}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(Math.max(deadline - Date.now(), 0)),
    });
    const answer = await response.json();
    if (answer.errcode === 0) return answer;
    const stale = answer.errcode === 40014 || answer.errcode === 42001;
    if (!stale || attempt > 1) throw new Error(`${operation}: ${answer.errcode} ${answer.errmsg}`);
    granted = undefined;
  }
}

const seen = new Set();

// isNew tells an event from one that WeCom sends again.
function isNew(message) {
  const key = createHash('sha256').update(message).digest('base64');
  if (seen.has(key)) return false;
  if (seen.size >= remembered) seen.delete(seen.values().next().value);
  seen.add(key);
  return true;
}

async function handle(message, deadline) {
  const event = fields(message);
  const name = [event.Event ?? event.MsgType, event.ChangeType].filter(Boolean).join('/');
  console.log(name, event.UserID ?? event.FromUserName ?? '', event.ExternalUserID ?? '');
  if (name !== 'change_external_contact/add_external_contact' || !event.WelcomeCode) return;
  await call('externalcontact/send_welcome_msg', { welcome_code: event.WelcomeCode, text: { content: '你好，欢迎光临！' } }, deadline);
  console.log('greeted', event.ExternalUserID);
}

const server = createServer(async (request, response) => {
  const deadline = Date.now() + welcomeTime;
  const { searchParams: query } = new URL(request.url, 'http://localhost');
  try {
    if (request.method === 'GET') {
      response.end(open(query, query.get('echostr') ?? '')); // bare: no quotes, no line break
      return;
    }
    const { Encrypt: encrypted = '' } = fields(await read(request));
    const message = open(query, encrypted);
    response.end(); // within five seconds: answer first, then work
    if (isNew(message)) await handle(message, deadline);
  } catch (err) {
    if (err instanceof Forged) {
      console.error('refused:', err.message); // whoever sent it is not told why
      response.writeHead(403, { Connection: 'close' }).end();
      return;
    }
    console.error(err.message);
    if (!response.headersSent) response.writeHead(500).end();
  }
});

server.listen(port, '127.0.0.1', () => console.log(`listening at http://127.0.0.1:${server.address().port}/`));
// What is at work goes on to its end.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close();
    server.closeIdleConnections();
  });
}
