// The bench site for Eleventy: the same pages and addresses as for Pelican and Hugo. Lists are cut into pages here,
// because Eleventy paginates one list a template.
import highlight from "@11ty/eleventy-plugin-syntaxhighlight";

const STREAMS = ["announcements", "buzz", "questions", "stories"];
const PAGE = 10;
const FEED = 50;
const slugOf = (name) => name.toLowerCase().replaceAll(" ", "-");

export default function (config) {
  config.addPlugin(highlight);
  config.addPassthroughCopy({ "content/images": "images" });
  config.setServerPassthroughCopyBehavior("passthrough");
  config.addGlobalData("site", { url: "https://bench.example", title: "Bench", streams: STREAMS });
  config.addFilter("iso", (date) => date.toISOString());
  config.addFilter("day", (date) => date.toISOString().slice(0, 10));
  const words = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
  config.addFilter("words", (date) => words.format(date));
  config.addFilter("slugOf", slugOf);
  config.addCollection("posts", posts);
  config.addCollection("rows", (api) => rows(posts(api)));
  config.addCollection("listPages", (api) => rows(posts(api)).flatMap(pagesOf));
  config.addCollection("terms", (api) => terms(posts(api)));
  config.addCollection("years", (api) => [...grouped(posts(api), (post) => [post.date.getUTCFullYear()])]);
  return { dir: { input: "content", includes: "../_includes", output: "output" }, markdownTemplateEngine: false };
}

let known = [null, null];

/** The posts, newest first, each with its neighbours; sorted once a build. */
function posts(api) {
  const all = api.getFilteredByGlob("content/*/*.md");
  if (known[0]?.length === all.length && known[0].every((post, place) => post === all[place])) return known[1];
  const sorted = [...all].sort((one, other) => other.date - one.date);
  sorted.forEach((post, place) => {
    post.data.newer = sorted[place - 1];
    post.data.older = sorted[place + 1];
  });
  known = [all, sorted];
  return sorted;
}

/** Every list that has pages and a feed: all posts, by stream, by tag, by author. Items are the posts. */
function rows(all) {
  const streams = grouped(all, (post) => [post.data.stream]);
  return [
    { title: "Bench", url: "/", posts: all },
    ...STREAMS.map((name) => ({ title: name, url: `/${name}/`, posts: streams.get(name) ?? [] })),
    ...terms(all).flatMap((kind) => kind.terms),
  ].map((row) => ({ ...row, newest: row.posts.slice(0, FEED) }));
}

function terms(all) {
  return [["Tags", "tags", "keywords"], ["Authors", "authors", "authors"]].map(([title, folder, key]) => ({
    title,
    folder,
    terms: [...grouped(all, (post) => post.data[key])]
      .map(([name, found]) => ({ title: name, url: `/${folder}/${slugOf(name)}/`, posts: found }))
      .sort((one, other) => one.title.localeCompare(other.title)),
  }));
}

function grouped(all, keysOf) {
  const groups = new Map();
  for (const post of all)
    for (const key of keysOf(post)) groups.has(key) ? groups.get(key).push(post) : groups.set(key, [post]);
  return groups;
}

function pagesOf(row) {
  const total = Math.ceil(row.posts.length / PAGE);
  const urlOf = (number) => (number === 1 ? row.url : `${row.url}page/${number}/`);
  return Array.from({ length: total }, (_, place) => ({
    title: row.title,
    number: place + 1,
    total,
    url: urlOf(place + 1),
    newer: place > 0 && urlOf(place),
    older: place + 1 < total && urlOf(place + 2),
    posts: row.posts.slice(place * PAGE, (place + 1) * PAGE),
  }));
}
