// The till's service worker: when the app is opened without a network it shows a page that waits for it. Nothing of
// anybody's session is ever kept; our own files have lasting addresses, and the browser keeps them by itself.

const SHELF = "till-1";
const OFFLINE = "/staff/offline";

addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(clients.claim());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(open(event));
  else if (request.method === "GET" && new URL(request.url).pathname.startsWith("/static/")) {
    event.respondWith(fetch(request).catch(() => caches.match(request, { ignoreVary: true })));
  }
});

async function open(event) {
  try {
    const answer = await fetch(event.request);
    event.waitUntil(fill().catch(() => undefined));
    return answer;
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

// The waiting page and the files it names, as they are today.
async function fill() {
  const shelf = await caches.open(SHELF);
  const page = await fetch(OFFLINE, { cache: "no-store", credentials: "omit" });
  if (!page.ok) return;
  const html = await page.clone().text();
  const files = [...html.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map((match) => match[1]);
  await shelf.put(OFFLINE, page);
  await shelf.addAll([...new Set(files)]);
}
