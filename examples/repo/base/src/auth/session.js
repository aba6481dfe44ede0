// Sessions of the web frontend.
const LIFETIME_MINUTES = 60;
const sessions = new Map();

export function begin(user, now) {
  const session = { user, until: now + LIFETIME_MINUTES * 60_000 };
  sessions.set(user, session);
  return session;
}

export function isLive(user, now) {
  const session = sessions.get(user);
  return session !== undefined && session.until > now;
}
