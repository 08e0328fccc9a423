// The engineer's page: shows the grid of digits, and draws marks over it. All that it ever asks for stands in site.py.
"use strict";

const ROWS = 12, COLUMNS = 16, LIT = 3, EVERY_MS = 500, LEFT_EVERY_MS = 10000;
const WORDS = {"b": "bed", "f": "floor", "d": "door", "e": "en-suite door", "#": "hidden", ".": "nothing of these"};
const at = (id) => document.getElementById(id);
const cells = [];
let rows = [], past = [], lit = new Set(), isCollecting = false, isPainting = false, isOver = false;

function say(sentence, isWrong = false) {
  at("said").textContent = sentence;
  at("said").classList.toggle("is-wrong", isWrong);
}

async function ask(path, told) {
  const how = told === undefined ? {} :
    {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(told)};
  return fetch(path, {credentials: "same-origin", cache: "no-store", ...how});
}

function close(sentence) {
  isOver = true;
  for (const one of document.querySelectorAll("button, input")) if (one.id !== "theme") one.disabled = true;
  say(sentence, true);
}

// Drawing

function mark() { return document.querySelector("input[name=mark]:checked").value; }

function show(row, column) {
  const cell = cells[row * COLUMNS + column];
  cell.dataset.mark = rows[row][column];
  cell.setAttribute("aria-label", `row ${row + 1}, column ${column + 1}: ${WORDS[rows[row][column]]}`);
}

function showAll() {
  for (let row = 0; row < ROWS; row++) for (let column = 0; column < COLUMNS; column++) show(row, column);
  at("take-back").disabled = past.length === 0;
}

function remember() {
  past.push(rows.map((row) => row.join("")));
  past = past.slice(-100);
  at("take-back").disabled = false;
}

function paint(row, column, what) {
  if (isOver || rows[row][column] === what) return;
  rows[row][column] = what;
  show(row, column);
}

function placeOf(cell) {
  const number = cells.indexOf(cell);
  return number < 0 ? null : [Math.floor(number / COLUMNS), number % COLUMNS];
}

function paintAt(event) {
  const place = placeOf(document.elementFromPoint(event.clientX, event.clientY));
  if (place) paint(...place, mark());
}

function moveTo(row, column) {
  const next = cells[Math.min(ROWS - 1, Math.max(0, row)) * COLUMNS + Math.min(COLUMNS - 1, Math.max(0, column))];
  for (const cell of cells) cell.tabIndex = cell === next ? 0 : -1;
  next.focus();
}

function onKey(event) {
  const place = placeOf(event.target);
  if (!place || event.ctrlKey || event.altKey || event.metaKey) return;
  const [row, column] = place;
  const step = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -COLUMNS],
    End: [0, COLUMNS]}[event.key];
  const what = event.key === " " || event.key === "Enter" ? mark() : event.key;
  if (step) moveTo(row + step[0], column + step[1]);
  else if (what in WORDS) { remember(); paint(row, column, what); }
  else return;
  event.preventDefault();
}

function build() {
  for (let row = 0; row < ROWS; row++) {
    const line = document.createElement("div");
    line.setAttribute("role", "row");
    for (let column = 0; column < COLUMNS; column++) {
      const cell = document.createElement("div");
      cell.setAttribute("role", "gridcell");
      cell.tabIndex = row + column === 0 ? 0 : -1;
      cell.dataset.level = "0";
      cells.push(cell);
      line.append(cell);
    }
    at("grid").append(line);
  }
  at("grid").addEventListener("pointerdown", (event) => { remember(); isPainting = true; paintAt(event); });
  at("grid").addEventListener("pointermove", (event) => { if (isPainting) paintAt(event); });
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => { isPainting = false; });
  at("grid").addEventListener("keydown", onKey);
}

// What moves

function light(lines) {
  lines.forEach((line, row) => [...line].forEach((level, column) => {
    const cell = cells[row * COLUMNS + column];
    cell.dataset.level = level;
    if (isCollecting && Number(level) >= LIT) { lit.add(cell); cell.dataset.lit = "yes"; }
  }));
  at("mark-lit").disabled = lit.size === 0;
}

function forgetLit() {
  for (const cell of lit) delete cell.dataset.lit;
  lit = new Set();
  at("mark-lit").disabled = true;
}

function collect(wanted) {
  isCollecting = wanted;
  at("collect").setAttribute("aria-pressed", String(wanted));
  at("collect").textContent = wanted ? "Stop collecting" : "Start collecting";
  if (wanted) { forgetLit(); say(`Walk along: ${WORDS[mark()]}.`); }
}

function markLit() {
  collect(false);
  remember();
  for (const cell of lit) paint(...placeOf(cell), mark());
  say(`${lit.size} blocks marked: ${WORDS[mark()]}.`);
  forgetLit();
}

async function poll() {
  try {
    const told = await ask("/grid");
    if (told.status === 200) light((await told.text()).trim().split("\n"));
  } catch {
    close("The page is closed: the commissioning has ended, or setup-room was stopped. What was not kept is lost.");
  }
  if (!isOver) setTimeout(poll, EVERY_MS);
}

async function pollLeft() {
  try {
    const told = await ask("/left");
    if (told.status === 200) at("left").textContent = `About ${(await told.json()).left_min} minutes are left.`;
  } catch { /* poll says it. */ }
  if (!isOver) setTimeout(pollLeft, LEFT_EVERY_MS);
}

// Keeping

async function take(told) {
  rows = told.rows.map((row) => [...row]);
  past = [];
  at("node").textContent = told.node_id;
  at("distance").value = told.distance_m;
  at("undo").disabled = !told.may_undo;
  showAll();
}

async function keep(event) {
  event.preventDefault();
  const drawn = {rows: rows.map((row) => row.join("")), distance_m: Number(at("distance").value),
    nothing_to_hide: at("nothing").checked};
  const told = await ask("/drawing", drawn);
  say((await told.json()).sentence, !told.ok);
  if (told.ok) at("undo").disabled = false;
}

async function undo() {
  const told = await ask("/undo", {});
  const answer = await told.json();
  if (told.ok) { await take(answer); say("The drawing from before is back."); } else say(answer.sentence, true);
}

async function finish() {
  const told = await ask("/finish", {});
  close((await told.json()).sentence);
  at("said").classList.remove("is-wrong");
}

async function begin() {
  const told = await ask("/drawing");
  const answer = await told.json();
  at("door").hidden = told.status !== 401;
  at("room").hidden = !told.ok;
  if (told.ok) { await take(answer); poll(); pollLeft(); } else if (told.status === 401) at("code").focus();
  else say(answer.sentence, true);
}

async function enter(event) {
  event.preventDefault();
  const told = await ask("/code", {code: at("code").value});
  if (told.ok) { say(""); await begin(); } else say((await told.json()).sentence, true);
}

function dress(isNight) {
  document.documentElement.dataset.theme = isNight ? "night" : "day";
  at("theme").setAttribute("aria-pressed", String(isNight));
}

dress(matchMedia("(prefers-color-scheme: dark)").matches);
build();
at("theme").addEventListener("click", () => dress(document.documentElement.dataset.theme === "day"));
at("enter").addEventListener("submit", enter);
at("keep").addEventListener("submit", keep);
at("collect").addEventListener("click", () => collect(!isCollecting));
at("mark-lit").addEventListener("click", markLit);
at("take-back").addEventListener("click", () => {
  const before = past.pop();
  if (before) { rows = before.map((row) => [...row]); showAll(); }
});
at("undo").addEventListener("click", undo);
at("finish").addEventListener("click", finish);
begin();
