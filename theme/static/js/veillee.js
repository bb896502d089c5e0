// What a page does beyond showing itself; it is complete without. What is kept stays in the browser.
{

const root = document.documentElement;
const lang = root.lang || "en";
const site = new URL("../../", document.currentScript.src).pathname;
const MINUTE = 60_000, DAY = 86_400_000, VISIT = 30 * MINUTE;

const kept = {
  get(name) {
    try { return localStorage.getItem(`veillee ${site} ${name}`) || ""; } catch { return ""; }
  },
  set(name, value) {
    try { localStorage.setItem(`veillee ${site} ${name}`, value); } catch { /* a browser that keeps nothing */ }
  },
};

const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");
const counted = (forms, num, values = {}) => {
  const said = JSON.parse(forms);
  return filled(said[new Intl.PluralRules(lang).select(num)] ?? said.other, {num: num.toLocaleString(lang), ...values});
};
const relative = new Intl.RelativeTimeFormat(lang, {numeric: "auto"});
const daysUntil = date => {
  const midnight = moment => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
  return Math.round((midnight(date) - midnight(new Date())) / DAY);
};
const element = (name, properties) => Object.assign(document.createElement(name), properties);

// Colours, before the page is first painted where the browser lets a script do so.

const showScheme = scheme => {
  if (scheme) root.dataset.scheme = scheme; else delete root.dataset.scheme;
  for (const button of document.querySelectorAll(".schemes button")) {
    button.setAttribute("aria-pressed", String(button.value === scheme));
  }
};

const offerSchemes = group => {
  group.hidden = false;
  group.addEventListener("click", event => {
    const button = event.target.closest("button");
    if (!button) return;
    kept.set("scheme", button.value);
    showScheme(button.value);
  });
};

// What is new since the last visit, which ended when nothing was opened for half an hour.

const lastVisit = () => {
  const now = Date.now(), seen = Number(kept.get("seen")), before = Number(kept.get("before"));
  const since = seen && now - seen > VISIT ? seen : before;
  kept.set("seen", now);
  kept.set("before", since || "");
  return since;
};

const markNew = (item, mark) => {
  const place = item.querySelector(".card-title, .card-text");
  if (!place || item.querySelector(".new")) return;
  place.before(element("span", {className: "new", textContent: mark}));
};

const showSince = (line, since) => {
  const dated = [...document.querySelectorAll("main article:is(.card, .row)")].map(
    item => [item, Date.parse(item.querySelector("time")?.dateTime)]);
  const fresh = dated.filter(([, at]) => at > since).map(([item]) => item);
  if (!fresh.length) return;
  for (const item of fresh) markNew(item, line.dataset.mark);
  const then = new Date(since), isToday = daysUntil(then) === 0;
  const words = line.querySelector("span");
  words.textContent = counted(isToday ? line.dataset.hour : line.dataset.day, fresh.length, {
    day: then.toLocaleDateString(lang, {weekday: "long", day: "numeric", month: "long"}),
    hour: then.toLocaleTimeString(lang, {hour: "2-digit", minute: "2-digit"}),
  });
  line.hidden = false;
  line.querySelector("button").addEventListener("click", event => {
    kept.set("before", Date.now());
    for (const mark of document.querySelectorAll(".new")) mark.remove();
    words.textContent = line.dataset.done;
    event.target.remove();
    words.focus();
  });
};

// The days until the next edition.

const countDown = time => {
  const days = daysUntil(new Date(time.dateTime));
  if (days >= 0) time.after(` (${relative.format(days, "day")})`);
};

// The reader's own language: offered, never forced.

const offerLanguage = links => {
  for (const link of links) link.addEventListener("click", () => kept.set("language", link.hreflang));
  if (kept.get("language")) return;
  const offered = [root.lang, ...links.map(link => link.hreflang)];
  const short = code => code.toLowerCase().split("-")[0];
  const wanted = navigator.languages.map(short).find(code => offered.some(one => short(one) === code));
  const link = links.find(one => short(one.hreflang) === wanted && one.dataset.offer);
  if (!wanted || short(root.lang) === wanted || !link) return;
  const bar = element("aside", {className: "offer", lang: link.lang, dir: link.dir || "ltr"});
  const row = element("p", {className: "wrap"});
  const way = element("a", {href: link.href, hreflang: link.hreflang, textContent: link.dataset.offer});
  const decline = element("button", {type: "button", className: "plain-button", textContent: link.dataset.decline});
  way.addEventListener("click", () => kept.set("language", link.hreflang));
  decline.addEventListener("click", () => { kept.set("language", root.lang); bar.remove(); });
  row.append(way, " ", decline);
  bar.append(row);
  document.querySelector(".masthead").before(bar);
};

// The live page asks for a small file while somebody looks, less often where the site does not answer.

class Live {
  constructor(page) {
    this.page = page;
    this.said = page.dataset;
    this.list = page.querySelector(".live-entries");
    this.blank = page.querySelector("template").content;
    this.more = page.querySelector(".live-more button");
    this.pause = page.querySelector(".live-pause");
    this.wait = MINUTE;
    this.entries = null;
    page.querySelector(".live-bar").hidden = false;
    this.more.addEventListener("click", () => this.show(true));
    this.pause.addEventListener("click", () => this.setPaused(this.pause.ariaPressed !== "true"));
    document.addEventListener("visibilitychange", () => this.plan(document.hidden ? 0 : 1000));
    this.setPaused(kept.get("paused") === "yes");
    this.tellTimes();
    setInterval(() => this.tellTimes(), MINUTE);
  }

  setPaused(isPaused) {
    kept.set("paused", isPaused ? "yes" : "");
    this.pause.setAttribute("aria-pressed", String(isPaused));
    this.say(isPaused ? this.said.paused : this.said.looking);
    this.wait = MINUTE;
    this.plan(MINUTE);
  }

  say(words) { this.page.querySelector(".live-state").textContent = words; }

  plan(pauseMs) {
    clearTimeout(this.timer);
    if (!pauseMs || document.hidden || this.pause.ariaPressed === "true") return;
    this.timer = setTimeout(() => this.look(), pauseMs);
  }

  async look() {
    try {
      const answer = await fetch(this.said.source, {cache: "no-cache"});
      if (!answer.ok) throw new Error(answer.statusText);
      const found = await answer.json();
      this.wait = MINUTE;
      this.say(this.said.looking);
      if (found.version !== this.said.version) this.take(found);
    } catch {
      this.wait = Math.min(this.wait * 2, 16 * MINUTE);
      this.say(this.said.failing);
    }
    this.plan(this.wait);
  }

  take(found) {
    this.said.version = found.version;
    this.entries = found.entries;
    const known = new Set([...this.list.children].map(item => item.dataset.key));
    const fresh = found.entries.filter(entry => !known.has(entry.key));
    if (fresh.length) {
      this.page.querySelector(".live-news").textContent = counted(this.said.news, fresh.length, {title: fresh[0].title});
      this.more.textContent = counted(this.said.show, fresh.length);
    }
    const isReading = this.list.getBoundingClientRect().top < 0 || this.list.contains(document.activeElement);
    if (isReading && fresh.length) this.more.hidden = false;
    else this.show(false);
  }

  show(isAsked) {
    const known = new Map([...this.list.children].map(item => [item.dataset.key, item]));
    this.list.replaceChildren(...this.entries.map(entry => known.get(entry.key) ?? this.item(entry)));
    this.more.hidden = true;
    this.tellTimes();
    if (isAsked) this.list.querySelector("a")?.focus();
  }

  item(entry) {
    const item = this.blank.querySelector("li").cloneNode(true);
    item.dataset.key = entry.key;
    if (entry.stream) item.querySelector(".row").classList.add(`stream-${entry.stream}`);
    for (const slot of item.querySelectorAll("[data-slot]")) {
      slot.textContent = entry[slot.dataset.slot] ?? "";
      if (!slot.textContent) slot.remove();
    }
    const title = item.querySelector("a");
    title.href = entry.url;
    if (entry.lang !== root.lang) Object.assign(title.parentElement, {lang: entry.lang, dir: entry.dir ?? "ltr"});
    const time = item.querySelector("time");
    time.dateTime = entry.at;
    time.textContent = new Date(entry.at).toLocaleDateString(lang, {day: "numeric", month: "long", year: "numeric"});
    return item;
  }

  tellTimes() {
    for (const time of this.list.querySelectorAll("time")) {
      const minutes = Math.round((Date.parse(time.dateTime) - Date.now()) / MINUTE);
      time.title ||= time.textContent;
      if (minutes > -60) time.textContent = relative.format(Math.min(minutes, 0), "minute");
      else if (minutes > -24 * 60) time.textContent = relative.format(Math.ceil(minutes / 60), "hour");
      else time.textContent = time.title;
    }
  }
}

showScheme(kept.get("scheme"));
for (const group of document.querySelectorAll(".schemes")) offerSchemes(group);
const since = lastVisit();
for (const line of document.querySelectorAll(".since")) if (since) showSince(line, since);
for (const time of document.querySelectorAll(".next-edition time")) countDown(time);
offerLanguage([...document.querySelectorAll(".languages a")]);
for (const page of document.querySelectorAll(".live")) if (location.protocol !== "file:") new Live(page);

document.addEventListener("keydown", event => {
  const field = document.querySelector("input[type=search]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !field?.checkVisibility()) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  field.focus();
});
}
