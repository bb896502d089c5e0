// The search page. Pagefind is loaded at the first key, or when the field is entered; nothing is sent anywhere.
"use strict";
(() => {
  const form = document.getElementById("search");
  const { q: field, lang, stream, kind, topic } = form.elements;
  const status = document.getElementById("search-status");
  const list = document.getElementById("search-results");
  const more = document.getElementById("search-more");
  const row = document.getElementById("search-result").content;
  const say = form.dataset;
  const root = document.documentElement;
  const PAGE = 10;
  const engines = new Map();
  let asked = 0;
  let found = [];
  let shown = 0;
  let waiting = 0;

  const spoken = () => (lang ? lang.value : root.lang);
  const nameOf = (select, value) => [...select.options].find(one => one.value === value)?.text ?? "";

  // Pagefind takes the language from the page; another one is looked through with the page's own left as it is.
  // A large index comes in parts, which are gone through together.
  const start = async code => {
    const base = new URL(`${say.root}pagefind/`, document.baseURI).href;
    const [{ createInstance }, parts] = await Promise.all([
      import(`${base}pagefind.js`),
      fetch(`${base}parts.json`, { cache: "no-cache" }).then(answer => answer.json()),
    ]);
    const own = root.lang;
    root.lang = code;
    const engine = createInstance({ excerptLength: 28 });
    root.lang = own;
    await engine.init();
    const language = code.toLowerCase();
    const others = parts[language] ?? [];
    await Promise.all(others.map(name => engine.mergeIndex(`${base}${name}/`, { language, excerptLength: 28 })));
    return engine;
  };
  const engineOf = code => {
    if (!engines.has(code)) {
      engines.set(code, start(code));
      engines.get(code).catch(() => engines.delete(code));
    }
    return engines.get(code);
  };

  const fillTopics = async engine => {
    const chosen = topic.value || new URLSearchParams(location.search).get("topic") || "";
    const all = Object.keys((await engine.filters()).in ?? {});
    const names = all.filter(one => one.startsWith("topic:")).map(one => one.slice(6)).sort((a, b) => a.localeCompare(b, spoken()));
    if (chosen && !names.includes(chosen)) names.unshift(chosen);
    topic.replaceChildren(new Option(say.any, ""), ...names.map(name => new Option(name, name)));
    topic.value = chosen;
    topic.dataset.lang = spoken();
  };

  // Pagefind gives an excerpt as HTML: of that, words and marks are taken over.
  const marked = html => [...new DOMParser().parseFromString(html, "text/html").body.childNodes].map(node => {
    if (node.nodeName !== "MARK") return node.textContent;
    const mark = document.createElement("mark");
    mark.textContent = node.textContent;
    return mark;
  });

  const dated = day => {
    const time = document.createElement("time");
    time.dateTime = day;
    time.textContent = new Intl.DateTimeFormat(say.locale, { dateStyle: "long", timeZone: "UTC" }).format(new Date(day));
    return time;
  };

  const show = ({ raw_url, meta, excerpt }) => {
    const item = row.cloneNode(true);
    const [article, date, label, link, summary, author] =
      [".row", ".row-date", ".card-kind", "a", ".card-summary", ".meta"].map(one => item.querySelector(one));
    const streams = nameOf(stream, meta.stream);
    const kinds = nameOf(kind, meta.kind);
    if (meta.stream) article.classList.add(`stream-${meta.stream}`);
    if (meta.date) date.append(dated(meta.date));
    label.textContent = meta.kind === "story" && streams ? `${streams} · ${kinds}` : kinds;
    link.href = say.root + raw_url.replace(/^\//, "");
    link.textContent = meta.title;
    summary.append(...marked(excerpt));
    if (spoken() !== root.lang) for (const one of [link, summary]) one.lang = spoken();
    if (meta.author) author.textContent = meta.author;
    else author.remove();
    return item;
  };

  const showMore = async () => {
    const mine = asked;
    const next = await Promise.all(found.slice(shown, shown + PAGE).map(one => one.data()));
    if (mine !== asked) return;
    list.append(...next.map(show));
    shown += next.length;
    more.parentElement.hidden = shown >= found.length;
  };

  const tell = (words, count) => {
    status.textContent = !count ? say.none.replace("{words}", words)
      : count === 1 ? say.one : say.many.replace("{count}", count.toLocaleString(say.locale));
  };

  const keepAddress = () => {
    const kept = new URLSearchParams();
    for (const one of [field, lang, stream, kind, topic])
      if (one && one.value.trim() && !(one === lang && one.value === root.lang)) kept.set(one.name, one.value.trim());
    history.replaceState(null, "", `${location.pathname}${kept.size ? `?${kept}` : ""}`);
  };

  const look = async () => {
    const mine = ++asked;
    clearTimeout(waiting);
    keepAddress();
    const words = field.value.trim();
    const within = [stream, kind, topic].filter(one => one.value).map(one => `${one.name}:${one.value}`);
    if (!words && !within.length) {
      found = [];
      list.replaceChildren();
      more.parentElement.hidden = true;
      status.textContent = "";
      return;
    }
    const patience = setTimeout(() => { if (mine === asked) status.textContent = say.loading; }, 300);
    try {
      const engine = await engineOf(spoken());
      if (topic.dataset.lang !== spoken()) await fillTopics(engine);
      const { results } = await engine.search(words || null, within.length ? { filters: { in: within } } : {});
      if (mine !== asked) return;
      found = results;
      shown = 0;
      list.replaceChildren();
      await showMore();
      if (mine === asked) tell(words, found.length);
    } catch {
      if (mine === asked) status.textContent = say.missing;
    } finally {
      clearTimeout(patience);
    }
  };

  const move = (event, step) => {
    const links = [...list.querySelectorAll("a")];
    const place = links.indexOf(document.activeElement);
    if (place < 0 && document.activeElement !== field) return;
    const next = place + step;
    if (next >= links.length || !links.length) return;
    event.preventDefault();
    (next < 0 ? field : links[next]).focus();
  };

  const press = event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyping = event.target.matches("input, select, textarea");
    if (event.key === "/" && !isTyping) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (event.target === field || !isTyping) move(event, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && list.contains(event.target)) {
      field.focus();
    } else if (event.key === "Escape" && event.target === field) {
      field.value = "";
      look();
    }
  };

  if (location.protocol === "file:") {
    status.textContent = say.disk;
    field.disabled = form.querySelector("button").disabled = true;
    return;
  }
  for (const one of form.querySelectorAll("[hidden]")) one.hidden = false;
  const wanted = new URLSearchParams(location.search);
  for (const one of [field, lang, stream, kind]) if (one && wanted.get(one.name)) one.value = wanted.get(one.name);
  if (lang && !lang.value) lang.value = root.lang;
  const prepare = async () => {
    try {
      const engine = await engineOf(spoken());
      if (topic.dataset.lang !== spoken()) await fillTopics(engine);
    } catch {
      status.textContent = say.missing;
    }
  };
  field.addEventListener("focus", prepare, { once: true });
  topic.addEventListener("focus", prepare, { once: true });
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, 150); });
  form.addEventListener("change", event => { if (event.target !== field) look(); });
  form.addEventListener("submit", event => { event.preventDefault(); look(); });
  more.addEventListener("click", async () => {
    const first = shown;
    await showMore();
    list.querySelectorAll("a")[first]?.focus();
  });
  document.addEventListener("keydown", press);
  if (wanted.get("topic")) topic.append(new Option(wanted.get("topic"), wanted.get("topic"), false, true));
  if (["q", "stream", "kind", "topic"].some(name => wanted.get(name))) look();
  else if (wanted.has("q")) field.focus();
})();
