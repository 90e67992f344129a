// What a module's browser code is given: the latest view, one way to move, and everything that makes modules alike.

import { announce, toast } from "./announce.js";
import { freshKey, Refusal } from "./api.js";
import { countUp, el, fill, icon, plural } from "./dom.js";
import { calm, confetti, vibrate } from "./effects.js";
import { endScreen } from "./end.js";

/** Refusals after which there is nothing to play now: they get a screen, not a passing message. */
const CLOSED = new Set([
  "game_not_open",
  "game_closed",
  "game_paused",
  "quota_day",
  "quota_period",
  "quota_campaign",
  "excluded_staff",
  "excluded_competitor",
  "offer_not_open",
  "offer_ended",
  "offer_sold_out",
]);

/** How soon after a new screen the further tap of a double tap still belongs to the screen before, in milliseconds. */
const DOUBLE_TAP = 500;

export class Game {
  /** `data` is the page's island; `parts` = {api, session, signIn, sound, root, changed}. */
  constructor(data, parts) {
    Object.assign(this, parts);
    this.data = data;
    this.id = data.game.id;
    /** The token of the store whose poster led here, if one did. */
    this.at = data.place?.at || null;
    this.locale = data.locale;
    this.texts = data.texts;
    this.el = el;
    this.icon = icon;
    this.fill = fill;
    this.take(data);
    this.underWay = null;
    this.moved = false;
    this.replaying = false;
    this.unmount = () => {};
    this.remount = () => {};
    this.changedAt = 0;
    this.root.addEventListener("click", (event) => this.sift(event), { capture: true });
  }

  /** The second tap of a double tap does nothing on a screen that came in between. */
  sift(event) {
    if (event.detail > 1 && event.timeStamp - this.changedAt < DOUBLE_TAP) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  get calm() {
    return calm();
  }

  get signedIn() {
    return this.session.present;
  }

  /** Keep what an answer or the page says of the game; what was won belongs to a move's answer, see `send`. */
  take(facts) {
    if (facts.view) this.view = facts.view;
    if (facts.left !== undefined) this.left = facts.left;
    if (facts.points) this.points = facts.points;
    if (facts.play !== undefined) this.play = facts.play;
    if (facts.game?.version ?? facts.version) this.version = facts.game?.version ?? facts.version;
    this.won = { grants: facts.grants ?? [], coupons: facts.coupons ?? [] };
    this.fresh = false;
    this.changed?.(this);
  }

  /** Ask the server where the fan stands; used after a sign-in and when the page has grown old. */
  async refresh() {
    this.take(await this.api.get(`/api/v1/games/${this.id}`));
    return this.view;
  }

  /** Make a move. A second call while one is under way waits for the same answer, so that a double tap is one move. */
  move(input) {
    this.underWay ??= this.carry(input).finally(() => {
      this.underWay = null;
    });
    return this.underWay;
  }

  async carry(input) {
    await this.ensureFan();
    const key = freshKey();
    try {
      return await this.send(key, input);
    } catch (refusal) {
      if (refusal.status === 401) {
        await this.ensureFan();
        return this.send(key, input).catch((again) => this.refuse(again));
      }
      return this.refuse(refusal);
    }
  }

  async send(key, input) {
    const goingOn = this.play && !this.play.finished ? `/${this.play.id}/moves` : "";
    const answer = await this.api.request(
      "POST",
      `/api/v1/games/${this.id}/plays${goingOn}`,
      { key, version: this.version, move: input, ...(this.at && { at: this.at }) },
      { repeatable: true },
    );
    this.moved = true;
    this.take(answer);
    this.fresh = true;
    this.changedAt = performance.now();
    return answer;
  }

  /** Sign in when nobody is. Who turns out to have played here before is shown where they stand instead of moving on. */
  async ensureFan() {
    if (this.session.present) return;
    const outcome = await this.signIn.open();
    if (!outcome) throw silent(this.texts.signin_needed);
    const before = JSON.stringify(this.view);
    await this.refresh();
    const standing = this.play || this.left?.now === 0 || JSON.stringify(this.view) !== before;
    if (!outcome.new && standing) {
      this.remount();
      throw silent(this.texts.welcome_back);
    }
  }

  /** Tell the fan why not, in the form that fits, then hand the refusal to the module. */
  async refuse(refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (refusal.code === "stale_version" || refusal.code === "play_not_open") {
      toast(refusal.message, { glyph: "refresh" });
      await this.refresh().catch(() => null);
      this.remount();
    } else if (CLOSED.has(refusal.code)) {
      await this.refresh().catch(() => null);
      this.end({
        tone: "wait",
        title: this.texts[`${refusal.code}_title`] ?? this.texts.not_now,
        text: refusal.message,
      });
    } else if (!refusal.shown) {
      toast(refusal.message, { glyph: "alert-circle", tone: "bad" });
    }
    refusal.shown = true;
    vibrate(30);
    throw refusal;
  }

  /** Show the designed end screen in place of the game. */
  end(what) {
    const won = what.tone === "win";
    const facts = { ...this.toShow(what.tone), points: this.points, left: this.left };
    const ways = { again: () => this.again(), mySpace: this.data.my_space };
    const { screen, heading } = endScreen(what, facts, ways, this);
    this.unmount();
    this.root.replaceChildren(screen);
    this.root.dataset.state = "end";
    this.changedAt = performance.now();
    // A reload shows the same end again, without celebrating it twice or taking the focus.
    if (!this.moved) return;
    if (won) {
      this.confetti();
      this.vibrate([60, 40, 120]);
    }
    this.sound(won ? "win" : what.tone === "lose" ? "lose" : "tick");
    this.announce([what.title, what.text].filter(Boolean).join(". "));
    heading.focus({ preventScroll: true });
    screen.scrollIntoView({ block: "nearest" });
  }

  /** What the last move brought; after a reload the server lists all that was won here, and the newest is the one to show. */
  toShow(tone) {
    if (tone !== "win" && tone !== "done") return {};
    const { grants, coupons } = this.won;
    return this.fresh
      ? { grants, coupons }
      : { grants: grants.slice(0, 1), coupons: coupons.slice(0, 1) };
  }

  /** Another attempt: the game as it is for this fan now. `replaying` tells the module to begin instead of ending again. */
  async again() {
    await this.busy(this.refresh().catch((refusal) => this.refuse(refusal)));
    this.play = null;
    this.replaying = true;
    this.remount();
    this.replaying = false;
  }

  /** Show that something is on its way, for as long as it takes. */
  async busy(promise) {
    this.root.setAttribute("aria-busy", "true");
    try {
      return await promise;
    } finally {
      this.root.removeAttribute("aria-busy");
    }
  }

  /** Fetch a picture that only this fan may see, such as the QR of a coupon, as an address for an <img>. */
  async picture(path) {
    if (this.session.stale()) await this.api.rotate();
    const response = await this.api.once("GET", path);
    return response?.ok ? `data:image/svg+xml,${encodeURIComponent(await response.text())}` : null;
  }

  announce(text, options) {
    announce(text, options);
  }

  sound(name) {
    this.sounds.play(name);
  }

  vibrate(pattern) {
    vibrate(pattern);
  }

  confetti(options) {
    confetti(options);
  }

  /** Count a number up in its element. */
  countUp(element, from, to) {
    countUp(element, from, to, { locale: this.locale, calm: this.calm });
  }

  /** Say how many plays are left, in words. */
  leftInWords() {
    const left = this.left;
    if (!left || left.now === null || left.now === undefined) return "";
    if (left.now === 0) return this.texts.none_left;
    return fill(plural(this.texts.plays_left, left.now, this.locale), { n: left.now });
  }
}

function silent(message) {
  const refusal = new Refusal({ code: "sign_in_required", message });
  refusal.shown = true;
  return refusal;
}
