// Posts: the layout, the stream that their folder names, and their address.
const streamOf = (data) => data.page.inputPath.split("/").at(-2);
const isPost = (data) => data.page.inputPath.endsWith(".md");

export default {
  layout: "post.njk",
  eleventyComputed: {
    stream: (data) => (isPost(data) ? streamOf(data) : undefined),
    permalink: (data) => (isPost(data) ? `/${streamOf(data)}/${data.slug}/` : data.permalink),
  },
};
