// The round on a held tablet: the list grows older by itself, and every entry arrives once, now or later.
"use strict";

(() => {
  const REFRESH_MS = 15000;
  const TRY_MS = 4000;
  const SOON_S = 120;
  const queue = globalThis.roundQueue;
  const byId = (id) => document.getElementById(id);
  const me = document.body.dataset.me;
  const vibrated = new Set();
  const there = new WeakMap();
  let opened = performance.now();
  let began = Number(byId("list").dataset.now);
  let isSending = false;

  const now = () => began + (performance.now() - opened) / 1000;
  const shown = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  const newNumber = () => [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");

  const tick = () => {
    const words = byId("list").dataset;
    for (const row of document.querySelectorAll(".round__row[data-due]")) {
      const due = Number(row.dataset.due);
      const latest = Number(row.dataset.latest);
      const at = now();
      const state = at > latest ? "overdue" : at >= due ? "due" : "waiting";
      row.classList.remove("round__row--waiting", "round__row--due", "round__row--overdue");
      row.classList.add(`round__row--${state}`);
      const label = row.querySelector(".round__state");
      if (state === "due") label.textContent = words.due.replace("{left}", shown(latest - at));
      if (state === "overdue") label.textContent = words.overdue.replace("{late}", shown(at - latest));
      row.querySelector(".round__rim").value = state === "waiting" ? 0 : latest > due ? Math.min(1, (at - due) / (latest - due)) : 1;
      // Two minutes before it is due a held tablet says so, once, in the hand and not aloud.
      if (due - at > 0 && due - at <= SOON_S && !vibrated.has(row.dataset.due + row.dataset.room)) {
        vibrated.add(row.dataset.due + row.dataset.room);
        if (navigator.vibrate) navigator.vibrate(200);
      }
    }
  };

  const dress = (form) => {
    const keys = form.querySelector("[data-keys]");
    const code = form.querySelector("[name=code]");
    if (form.dataset.isDressed) return;
    form.dataset.isDressed = "yes";
    // When the code was typed, somebody stood before the tag; a code that came with the page was read just now.
    const note = () => (code.value.length === 4 ? there.set(form, queue.moment()) : there.delete(form));
    for (const sign of keys ? ["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0"] : []) {
      const press = document.createElement("button");
      press.type = "button";
      press.className = "press key";
      press.textContent = sign;
      press.translate = false;
      press.addEventListener("click", () => {
        code.value = sign === "⌫" ? code.value.slice(0, -1) : (code.value + sign).slice(0, 4);
        note();
      });
      keys.append(press);
    }
    code.addEventListener("input", note);
    if (keys) {
      keys.hidden = false;
      code.inputMode = "none";
    }
    note();
  };

  const tell = () => {
    const all = queue.all();
    const mine = all.filter((one) => one.actor === me);
    const words = byId("kept").dataset;
    const waiting = mine.filter((one) => !one.refused);
    const said = [];
    if (waiting.length) said.push(waiting.length === 1 ? words.one : words.many.replace("{count}", waiting.length));
    if (all.length > mine.length) said.push(words.other);
    if (waiting.length && !queue.isKept()) said.push(words.memory);
    byId("kept-words").textContent = said.join(" ");
    byId("kept-refused").replaceChildren(
      ...mine.filter((one) => one.refused).map((one) => {
        const line = document.createElement("li");
        line.textContent = `${one.title}: ${one.refused}`;
        return line;
      }),
    );
    byId("kept").hidden = !all.length;
    for (const row of document.querySelectorAll(".round__row")) {
      row.classList.toggle("round__row--kept", waiting.some((one) => one.fields.room_id === row.dataset.room));
    }
  };

  const formToken = () => document.querySelector("[name=form_token]").value;

  const sendKept = async () => {
    if (isSending) return;
    isSending = true;
    try {
      await queue.ready;
      let isAny = false;
      for (const item of queue.all().filter((one) => one.actor === me && !one.refused)) {
        const answer = await queue.send(item, formToken());
        if (!answer) break;
        isAny = true;
        await (answer.taken ? queue.drop(item) : queue.refuse(item, answer.words));
      }
      if (isAny) await refresh();
    } catch {
      // The network is still away: what is kept stays kept.
    } finally {
      isSending = false;
      tell();
    }
  };

  const press = async (event) => {
    const form = event.target.closest("[data-entry]");
    if (!form) return;
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    if (event.submitter && event.submitter.name) fields[event.submitter.name] = event.submitter.value;
    delete fields.form_token;
    const item = queue.item(fields, me, there.get(form) || queue.moment());
    item.title = form.closest(".round__row").querySelector(".round__room").textContent;
    const said = form.querySelector(".entry__said");
    let answer = null;
    try {
      answer = await queue.send(item, formToken());
    } catch {
      answer = null;
    }
    if (answer && !answer.taken) {
      // Nothing was written: the same person corrects it while they stand there.
      said.textContent = answer.words;
      return;
    }
    if (!answer) await queue.add(item);
    form.reset();
    there.delete(form);
    form.elements.observation_id.value = newNumber();
    form.elements.code.value = "";
    form.closest("details").open = false;
    said.textContent = "";
    if (answer) byId("said").textContent = answer.words;
    // The reading is one press away, and only now: what was seen by eye is written down.
    byId("spot").hidden = !(answer && answer.spot);
    if (answer && answer.spot) {
      byId("spot").action = answer.spot;
      byId("said").scrollIntoView({ block: "nearest" });
    }
    tell();
    await refresh();
  };

  const refresh = async () => {
    try {
      const answer = await fetch("/round", { headers: { accept: "text/html" }, signal: AbortSignal.timeout(REFRESH_MS / 2) });
      const told = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("list");
      if (!told) return;
      byId("cut").hidden = true;
      // Whoever writes now is not disturbed: the list is drawn anew when their entry is closed.
      if (document.querySelector(".round__row details[open], .round__row:active")) return;
      byId("list").replaceWith(told);
      began = Number(told.dataset.now);
      opened = performance.now();
      document.querySelectorAll("[data-entry]").forEach(dress);
      tick();
      tell();
    } catch {
      byId("cut").hidden = false;
    }
  };

  document.addEventListener("submit", press);
  document.querySelectorAll("[data-entry]").forEach(dress);
  setInterval(tick, 1000);
  setInterval(refresh, REFRESH_MS);
  setInterval(() => queue.all().length && sendKept(), TRY_MS);
  addEventListener("online", sendKept);
  tick();
  queue.ready.then(() => {
    tell();
    if (queue.all().length) sendKept();
  });
})();
