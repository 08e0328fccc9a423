// The live board. A screen that hears nothing for 5 s shows nothing old: every tile becomes NOT MONITORED.
"use strict";

(() => {
  const STALE_MS = 5000;
  const ANSWER_EVERY_MS = 10000;
  const TRY_AGAIN_MS = 3000;
  // A tile that is drawn anew under a thumb takes the press away with it: so long, news wait for the thumb to lift.
  const LONGEST_PRESS_MS = 4000;
  // So few fit a large screen three by three, in letters that are read from across the room.
  const FEW_ROOMS = 9;

  const byId = (id) => document.getElementById(id);
  const list = byId("tiles");
  const lostTile = byId("lost-tile");
  const tiles = new Map();

  let source = null;
  let name = "";
  let isLost = false;
  let isLocked = false;
  let hourTheme = "";
  let answeredAt = 0;
  let triedAt = 0;
  let pressedAt = 0;
  let waiting = [];
  // Two clocks: one may stand still while a tablet sleeps, the other may be set. The larger silence counts.
  let heardSteady = performance.now();
  let heardWall = Date.now();

  const silenceMs = () => Math.max(performance.now() - heardSteady, Date.now() - heardWall);

  const say = (text) => {
    byId("spoken").textContent = text;
  };

  const titleOf = (tile) => tile.querySelector(".tile__room");

  const lose = () => {
    if (isLost) return;
    isLost = true;
    waiting = [];
    for (const tile of tiles.values()) {
      const title = titleOf(tile.element);
      const replacement = lostTile.content.cloneNode(true);
      if (title) titleOf(replacement).textContent = title.textContent;
      tile.element.replaceChildren(replacement);
      tile.element.className = "tile tile--not_monitored";
      tile.key = "";
    }
    for (const id of ["sentence", "calls", "asks", "notices"]) byId(id).replaceChildren();
    byId("lost").hidden = false;
    byId("clock").textContent = "--:--";
    document.body.classList.add("has-lost");
  };

  const lock = () => {
    isLocked = true;
    isLost = true;
    waiting = [];
    if (source) source.close();
    tiles.clear();
    for (const id of ["tiles", "sentence", "calls", "asks", "notices", "spoken"]) byId(id).replaceChildren();
    byId("lost").hidden = true;
    byId("locked").hidden = false;
    byId("clock").textContent = "";
    document.body.classList.add("is-locked");
  };

  const place = (rooms) => {
    for (const [room, tile] of tiles) {
      if (!rooms.includes(room)) {
        tile.element.remove();
        tiles.delete(room);
      }
    }
    list.classList.toggle("tiles--few", rooms.length <= FEW_ROOMS);
    rooms.forEach((room, index) => {
      const tile = tiles.get(room);
      if (tile && list.children[index] !== tile.element) list.insertBefore(tile.element, list.children[index] || null);
    });
  };

  const show = (board) => {
    const changes = [];
    for (const change of board.tiles) {
      let tile = tiles.get(change.room);
      const isNew = !tile;
      if (isNew) {
        tile = { element: document.createElement("li"), key: "" };
        tile.element.id = `tile-${change.room}`;
        tiles.set(change.room, tile);
      }
      // Keep the keyboard's place when a tile is drawn anew under it.
      const holder = tile.element.contains(document.activeElement) ? document.activeElement : null;
      const at = holder ? [...tile.element.querySelectorAll("a, button")].indexOf(holder) : -1;
      tile.element.className = `tile tile--${change.kind}${change.asks ? " tile--asks" : ""}`;
      tile.element.innerHTML = change.html;
      if (at >= 0) {
        const next = tile.element.querySelectorAll("a, button")[at] || tile.element.querySelector("a");
        if (next) next.focus({ preventScroll: true });
      }
      if (!isNew && tile.key !== change.key) changes.push(change.spoken);
      tile.key = change.key;
    }
    place(board.rooms);
    for (const [id, html] of Object.entries(board.around)) byId(id).innerHTML = html;
    byId("clock").textContent = board.at;
    if (changes.length) say(changes.join(" "));
  };

  const hear = (event) => {
    const board = JSON.parse(event.data);
    // After a loss only a whole board is believed: what came before it was thrown away.
    if (isLost && board.tiles.length < board.rooms.length) return;
    heardSteady = performance.now();
    heardWall = Date.now();
    waiting.push(board);
    if (!isPressed()) showAll();
    answer();
  };

  const isPressed = () => pressedAt > 0 && performance.now() - pressedAt < LONGEST_PRESS_MS;

  const showAll = () => {
    for (const board of waiting.splice(0)) take(board);
  };

  const take = (board) => {
    const wasLost = isLost;
    isLost = false;
    byId("lost").hidden = true;
    document.body.classList.remove("has-lost");
    dress(board.theme);
    show(board);
    if (wasLost) say(byId("back-words").content.textContent);
  };

  // The click comes after the thumb has lifted: only then may a tile be another one.
  const lift = () => {
    pressedAt = 0;
    setTimeout(showAll);
  };

  // The hour darkens a board that stands open, and ends a choice that was made for another hour.
  const dress = (theme) => {
    if (hourTheme && hourTheme !== theme) document.documentElement.dataset.theme = theme;
    hourTheme = theme;
  };

  const answer = () => {
    if (!name || performance.now() - answeredAt < ANSWER_EVERY_MS) return;
    answeredAt = performance.now();
    fetch("/board/answering", { method: "POST", body: new URLSearchParams({ screen: name }) }).catch(() => {});
  };

  const begin = () => {
    triedAt = performance.now();
    if (source) source.close();
    source = new EventSource("/board/stream");
    source.addEventListener("name", (event) => {
      name = event.data;
      answeredAt = performance.now();
    });
    source.addEventListener("board", hear);
    source.addEventListener("ended", lock);
  };

  const watch = () => {
    if (isLocked) return;
    if (silenceMs() < STALE_MS) return;
    lose();
    // A stream from before the loss would go on with changes only; a new one begins with the whole board.
    if (performance.now() - triedAt >= TRY_AGAIN_MS) begin();
  };

  setInterval(watch, 500);
  document.addEventListener("visibilitychange", watch);
  addEventListener("pageshow", watch);
  addEventListener("pointerdown", () => { pressedAt = performance.now(); });
  addEventListener("pointerup", lift);
  addEventListener("pointercancel", lift);
  addEventListener("online", watch);
  addEventListener("error", lose);
  begin();
})();
