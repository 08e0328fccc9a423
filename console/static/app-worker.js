// Keeps the one page that says "connection lost", and nothing about anybody: no page of the ward is ever stored here.
"use strict";

const NAME = "hushward-VERSION-OF-THE-SHELL";
const PAGE = "/app/lost";
const KEPT = [PAGE, "/static/lost.css", "/static/lost.js", "/static/icon.svg"];
// The pages of whoever works here. A patient's pages keep the browser's own words: "walk your round" is not for them.
const OF_STAFF = /^\/(?:$|alerts\/|at\/|board\/|emergency|handover|load$|round|shift|sign-in$|unlock$|visit\/)/;
// A network that swallows everything says nothing; a press that got no answer by then is told so.
const GIVE_UP_MS = 8000;

const keep = async () => {
  const kept = await caches.open(NAME);
  for (const path of KEPT) {
    // Without the session: what comes back cannot hold anything that only somebody signed in may see.
    const answer = await fetch(path, { cache: "no-store", credentials: "omit", redirect: "error" });
    if (!answer.ok) throw new Error(path);
    await kept.put(path, answer);
  }
};

const dropOthers = async () => {
  const names = await caches.keys();
  await Promise.all(names.filter((one) => one !== NAME).map((one) => caches.delete(one)));
};

const kept = async (path) => (await (await caches.open(NAME)).match(path)) || Response.error();

const inTime = async (request) => {
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(), GIVE_UP_MS);
  try {
    return await fetch(request, { signal: ended.signal });
  } catch {
    return kept(PAGE);
  } finally {
    clearTimeout(timer);
  }
};

addEventListener("install", (event) => event.waitUntil(keep().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(dropOthers().then(() => clients.claim())));
addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (origin !== location.origin) return;
  if (event.request.mode === "navigate") {
    if (OF_STAFF.test(pathname)) event.respondWith(inTime(event.request));
  } else if (KEPT.includes(pathname) && event.request.method === "GET") {
    event.respondWith(fetch(event.request).catch(() => kept(pathname)));
  }
});
