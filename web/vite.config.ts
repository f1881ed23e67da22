import { defineConfig } from "vite";

/** Where `npm run dev` finds a running server. */
const server = process.env.BLASTMAP_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  build: {
    target: "es2022",
    // The first browsers that know `light-dark()`, all of 2024.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // The content security policy forbids `data:` scripts and inline anything: every asset stays a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What several screens share is one file: many small ones compress worse.
    rollupOptions: { input: ["index.html", "graphiql.html"], output: { advancedChunks: { groups: [{ name: "shared", minShareCount: 2, test: /[\\/]src[\\/](components|words|layout|data|api)[\\/]/ }] } } },
  },
  server: {
    proxy: {
      "/graphql": { target: server, ws: true, changeOrigin: true },
      "/readyz": { target: server, changeOrigin: true },
      "/session": { target: server, changeOrigin: true },
      "^/auth/.*": { target: server, changeOrigin: true },
      "/plans": { target: server, changeOrigin: true },
      "^/reviews/[^/]+\\.[a-z]+": { target: server, changeOrigin: true },
    },
  },
});
