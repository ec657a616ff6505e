// What stays on this device: an IndexedDB store from names to values. Where the browser gives none, or no room, the
// values live as long as the page.

const STORE = "kept";

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });

export async function openKept(name = "zhijian-offline") {
  try {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    const db = await done(opening);
    db.onversionchange = () => db.close();
    return new Kept(db);
  } catch (error) {
    console.warn("nothing is kept", error);
    return new Kept(null);
  }
}

class Kept {
  constructor(db) {
    this.db = db;
    this.memory = new Map(); // what could not be written
  }

  get lasting() {
    return this.db !== null;
  }

  async get(name) {
    if (this.memory.has(name) || !this.db) return this.memory.get(name);
    return done(this.db.transaction(STORE).objectStore(STORE).get(name));
  }

  // All or nothing. Throws when they will not outlive the page; they can be read until then.
  async set(values) {
    for (const [name, value] of Object.entries(values)) this.memory.set(name, value);
    if (!this.db) throw new DOMException("no store", "InvalidStateError");
    const transaction = this.db.transaction(STORE, "readwrite");
    const finished = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    for (const [name, value] of Object.entries(values)) transaction.objectStore(STORE).put(value, name);
    await finished;
    for (const name of Object.keys(values)) this.memory.delete(name);
  }

  async names() {
    const stored = this.db ? await done(this.db.transaction(STORE).objectStore(STORE).getAllKeys()) : [];
    return [...new Set([...stored, ...this.memory.keys()])];
  }

  async remove(names) {
    for (const name of names) this.memory.delete(name);
    if (!this.db) return;
    const store = this.db.transaction(STORE, "readwrite").objectStore(STORE);
    await Promise.all(names.map((name) => done(store.delete(name))));
  }
}
