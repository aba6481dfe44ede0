// The keys that sign tokens; they rotate every 30 days.
const keys = new Map();

export function add(id, key) {
  keys.set(id, key);
}

export async function keyFor(header) {
  const key = keys.get(header.kid);
  if (!key) throw new Error('unknown key');
  return key;
}
