// Opens the till by itself as soon as the server answers again.

const PAUSE_MS = 3000;

async function tryAgain() {
  try {
    const answer = await fetch("/healthz", { cache: "no-store" });
    if (answer.ok) location.replace("/staff/");
  } catch {
    // Still no network: the next try comes by itself.
  }
}

addEventListener("online", tryAgain);
setInterval(tryAgain, PAUSE_MS);
