// The public snippet. It draws each game in an iframe and follows its height; it sets no cookie and reads nothing of the page.
//
//   <script src="https://play.example/embed.js" data-brand="club" data-campaign="summer" data-game="quiz" async></script>
// or, as often as you like on a page that includes the script once:
//   <div data-masterapp data-brand="club" data-campaign="summer" data-game="quiz" data-locale="fr"></div>
//   <script src="https://play.example/embed.js" async></script>
// Without scripts, the same address works as a plain frame or link: https://play.example/embed/club/summer/quiz

(() => {
  const script = document.currentScript;
  if (!script) return;
  const server = new URL(script.src).origin;
  const LEAST = 120;
  const MOST = 6000;
  const WORDS = {
    fr: {
      title: "Jeu",
      slow: "Le jeu met du temps à s’afficher.",
      open: "Ouvrir le jeu sur sa page",
    },
    en: {
      title: "Game",
      slow: "The game is taking a while.",
      open: "Open the game on its own page",
    },
  };
  const frames = new Map();

  function wordsOf(options) {
    const language = (
      options.locale ||
      document.documentElement.lang ||
      navigator.language ||
      "fr"
    ).slice(0, 2);
    return WORDS[language] ?? WORDS.fr;
  }

  function path(options) {
    return [options.brand, options.campaign, options.game].map(encodeURIComponent).join("/");
  }

  function draw(place) {
    const options = place.dataset;
    if (place.masterapp || !options.brand || !options.campaign || !options.game) return;
    place.masterapp = true;
    const words = wordsOf(options);
    const address = new URL(`/embed/${path(options)}`, server);
    address.searchParams.set("origin", location.origin);
    if (options.locale) address.searchParams.set("lang", options.locale);

    const box = document.createElement("div");
    const frame = document.createElement("iframe");
    style(box, { position: "relative", "max-width": "100%", "min-height": `${LEAST}px` });
    style(frame, {
      display: "block",
      width: "100%",
      height: `${clamp(Number(options.height) || 640)}px`,
      border: "0",
      "border-radius": options.radius || "16px",
      "background-color": "rgba(127, 127, 127, 0.12)",
      "color-scheme": "normal",
    });
    frame.title = options.title || words.title;
    frame.setAttribute("loading", options.loading || "lazy");
    frame.setAttribute("allow", "autoplay; clipboard-write; web-share");
    frame.setAttribute("referrerpolicy", "strict-origin-when-cross-origin");
    frame.src = address.href;
    box.append(frame);
    if (place.tagName === "SCRIPT") place.after(box);
    else place.replaceChildren(box);
    frames.set(frame, {
      words,
      box,
      fallback: new URL(`/embed/${path(options)}`, server).href,
      heard: false,
    });
    frame.addEventListener("load", () => setTimeout(() => offerLink(frame), 6000));
  }

  /** A frame that never speaks was blocked or is broken: say so and offer the game's own page. */
  function offerLink(frame) {
    const known = frames.get(frame);
    if (!known || known.heard) return;
    const note = document.createElement("p");
    const link = document.createElement("a");
    style(note, { margin: "8px 0 0", font: "14px/1.4 system-ui, sans-serif" });
    link.href = known.fallback;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = known.words.open;
    note.append(`${known.words.slow} `, link);
    known.box.append(note);
    known.heard = true;
  }

  function style(element, properties) {
    for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value);
  }

  function clamp(height) {
    return Math.min(MOST, Math.max(LEAST, Math.round(height)));
  }

  addEventListener("message", (event) => {
    const message = event.data;
    if (event.origin !== server || message?.ns !== "mapp" || message.v !== 1) return;
    for (const [frame, known] of frames) {
      if (frame.contentWindow !== event.source) continue;
      known.heard = true;
      if (message.type === "resize" && Number.isFinite(message.height)) {
        style(frame, { height: `${clamp(message.height)}px` });
        style(frame, { "background-color": "transparent" });
      }
      if (message.type === "title" && typeof message.title === "string")
        frame.title = message.title.slice(0, 200);
    }
  });

  function drawAll() {
    for (const place of document.querySelectorAll("[data-masterapp]")) draw(place);
  }

  if (script.dataset.brand) draw(script);
  drawAll();
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", drawAll);
})();
