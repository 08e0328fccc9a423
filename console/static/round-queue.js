// Checks that could not be sent: kept on this tablet, locked with a key that no script can take out, sent once each.
"use strict";

globalThis.roundQueue = (() => {
  const STORE = "hushward-round";
  const DATABASE = "hushward-round-key";
  // A network that swallows everything says nothing: then the entry is kept, and whoever pressed is told at once.
  const GIVE_UP_MS = 6000;
  const page = crypto.getRandomValues(new Uint32Array(2)).join("-");
  // Without a secure connection the browser offers no cipher: then nothing is written to the tablet's disk.
  const cipher = globalThis.crypto.subtle;
  let kept = [];
  let key = null;

  const openDatabase = () =>
    new Promise((resolve, reject) => {
      const asked = indexedDB.open(DATABASE, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("keys");
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });

  const inKeys = (database, mode, work) =>
    new Promise((resolve, reject) => {
      const asked = work(database.transaction("keys", mode).objectStore("keys"));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });

  const openKey = async () => {
    const database = await openDatabase();
    const found = await inKeys(database, "readonly", (keys) => keys.get("key"));
    if (found) return found;
    const made = await cipher.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await inKeys(database, "readwrite", (keys) => keys.put(made, "key"));
    return made;
  };

  const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
  const toBytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

  const write = async () => {
    if (!key) return;
    if (!kept.length) {
      localStorage.removeItem(STORE);
      return;
    }
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const locked = await cipher.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(kept)));
    localStorage.setItem(STORE, JSON.stringify({ iv: toText(iv), locked: toText(locked) }));
  };

  const ready = (async () => {
    if (!cipher) return;
    try {
      key = await openKey();
      const stored = JSON.parse(localStorage.getItem(STORE) || "null");
      if (!stored) return;
      const iv = toBytes(stored.iv);
      const open = await cipher.decrypt({ name: "AES-GCM", iv }, key, toBytes(stored.locked));
      const known = new Set(kept.map((one) => one.fields.observation_id));
      kept = [...JSON.parse(new TextDecoder().decode(open)).filter((one) => !known.has(one.fields.observation_id)), ...kept];
    } catch {
      // What cannot be kept on the disk is kept in this page, and the page says so.
      key = null;
    }
  })();

  // How long ago it was, by the clock that only stands still and by the one that may be set; the console settles which.
  const ages = (item) => {
    const wall = Math.max(0, (Date.now() - item.wall) / 1000);
    if (item.page !== page) return { there_ago_s: wall, entered_ago_s: Math.max(0, (Date.now() - item.enteredWall) / 1000) };
    const now = performance.now();
    return { there_ago_s: (now - item.steady) / 1000, wall_ago_s: wall, entered_ago_s: (now - item.enteredSteady) / 1000 };
  };

  const send = async (item, formToken) => {
    const body = new URLSearchParams({ ...item.fields, form_token: formToken });
    for (const [name, ago] of Object.entries(ages(item))) body.set(name, ago.toFixed(3));
    const signal = AbortSignal.timeout(GIVE_UP_MS);
    const answer = await fetch("/round/entries", { method: "POST", body, signal, headers: { accept: "application/json" } });
    if (!answer.ok || answer.redirected) return null;
    return answer.json();
  };

  return {
    ready,
    isKept: () => key !== null,
    all: () => kept,
    // When somebody stood there: both clocks are read at once, so that neither has to be believed alone.
    moment: () => ({ wall: Date.now(), steady: performance.now() }),
    item: (fields, actor, there) => ({
      fields, actor, page, ...there, enteredWall: Date.now(), enteredSteady: performance.now(), refused: "",
    }),
    send,
    add: (item) => {
      kept.push(item);
      return write();
    },
    drop: (item) => {
      kept = kept.filter((one) => one !== item);
      return write();
    },
    refuse: (item, words) => {
      item.refused = words;
      return write();
    },
  };
})();
