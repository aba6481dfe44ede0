// Verifies the tokens that the frontend sends with each request.
import { jwtVerify } from 'jose';
import { keyFor } from './keys.js';

export async function verify(token, log) {
  const { payload, protectedHeader } = await jwtVerify(token, keyFor);
  if (payload.exp * 1000 < Date.now()) {
    log.warn('token expired');
    throw new Error('token expired');
  }
  log.info({ kid: protectedHeader.kid }, 'token verified');
  return payload;
}
