/* <wenmai-recommendations>: what to read, watch and visit next, for any page. No dependencies; see README.md.
 * Nothing of a reader is kept or sent before the reader agreed: `Reader` holds that choice, in this browser alone. */

const TEXTS = {
  zh: { label: "推荐资源", dismiss: "不感兴趣", dismissOf: (title) => `对“${title}”不感兴趣`, dismissed: (title) => `不再推荐“${title}”。`, failed: "没有保存成功，请稍后再试。", kinds: { book: "图书", audiovisual: "音像", virtual: "虚拟资源", heritage: "文化遗产", collection: "专题" } },
  en: { label: "Recommended", dismiss: "Not interested", dismissOf: (title) => `Not interested in “${title}”`, dismissed: (title) => `“${title}” is not recommended any more.`, failed: "This could not be kept; please try again later.", kinds: { book: "Book", audiovisual: "Audio-visual", virtual: "Virtual", heritage: "Heritage", collection: "Collection" } },
};
const languageOf = (tag) => (tag?.toLowerCase().startsWith("en") ? "en" : "zh");
// Each with the address of the service: to two services on one page a reader is not the same.
const SUBJECT = "wenmai.subject ";
const LEFT = "wenmai.left ";
const VISIT = "wenmai.visit ";
const TRIAL = "wenmai.trial";
const PSEUDONYM = /^reader-[0-9a-f]{32}$/;
const MOST_OF_A_VISIT = 50;
const NO_USES = ["impression", "dismissed"];

/** The event of `window` that says that the reader agreed or withdrew, on this page or on another one of this site. */
export const CHANGED = "wenmai-reader";
const tellOfChange = () => dispatchEvent(new Event(CHANGED));
// Without a key, everything that was kept is gone.
addEventListener("storage", ({ key }) => { if (key === null || key.startsWith(SUBJECT)) tellOfChange(); });

/** A reader of one service: whether they agreed to a profile, their pseudonym, and what they used in this visit. */
export class Reader {
  #endpoint;
  #subject;
  #left;
  #visit;
  constructor(endpoint) {
    const { origin, pathname } = new URL(endpoint);
    this.#endpoint = endpoint;
    [this.#subject, this.#left, this.#visit] = [SUBJECT, LEFT, VISIT].map((name) => name + origin + pathname);
  }

  get agreed() { return this.subject !== null; }
  get subject() {
    const kept = read(forGood, this.#subject);
    return kept && PSEUDONYM.test(kept) ? kept : null;
  }
  get visit() {
    try {
      // What was used before the reader withdrew, in another tab perhaps, is nothing to do with who agreed since.
      const { subject, ids } = JSON.parse(read(forVisit, this.#visit));
      return subject === this.subject ? ids.filter((id) => typeof id === "string") : [];
    } catch { return []; }
  }

  /** Whether this browser keeps anything: a reader may have forbidden it, and then cannot agree. */
  get keeps() {
    try {
      localStorage.setItem(TRIAL, "");
      localStorage.removeItem(TRIAL);
      return true;
    } catch { return false; }
  }

  /** Agree to a profile under a new pseudonym, which says nothing of who the reader is. Throws where nothing can be kept. */
  agree() {
    if (this.agreed) return;
    localStorage.setItem(this.#subject, `reader-${newId()}`);
    tellOfChange();
  }

  /** Take it back: from now on nothing is reported, and what is kept is deleted; where that fails, by `forget` later. */
  async withdraw() {
    if (!this.agreed) return;
    localStorage.setItem(this.#left, JSON.stringify([...this.left, this.subject]));
    localStorage.removeItem(this.#subject);
    sessionStorage.removeItem(this.#visit);
    tellOfChange();
    await this.forget();
  }

  /** Pseudonyms that were given up and whose records are still to be deleted. */
  get left() {
    try {
      const kept = JSON.parse(read(forGood, this.#left) ?? "[]");
      return Array.isArray(kept) ? kept.filter((name) => PSEUDONYM.test(name)) : [];
    } catch { return []; }
  }

  /** Delete what is kept of the pseudonyms that were given up. Throws where the service does not answer. */
  async forget() {
    for (const name of this.left) {
      const response = await fetch(new URL(`v1/subjects/${name}/events`, this.#endpoint), { method: "DELETE", credentials: "omit" });
      if (!response.ok) throw new Error(`the service answered ${response.status}`);
      localStorage.setItem(this.#left, JSON.stringify(this.left.filter((one) => one !== name)));
    }
    // Meanwhile another one may have been given up.
    if (read(forGood, this.#left) !== null && !this.left.length) localStorage.removeItem(this.#left);
  }

  /** Report what the reader did with resources: [{type, resource, request_id, strategy, reason}]. Resolves with whether the
   * service kept all of it; a report that is lost harms nobody, so nothing is thrown. */
  async report(events) {
    if (!this.agreed || !events.length) return false;
    for (const { type, resource } of events) if (!NO_USES.includes(type)) this.#remember(resource);
    const sent = events.map((event) => ({ ...event, id: newId(), subject: this.subject, consent: true }));
    try {
      const response = await fetch(new URL("v1/events", this.#endpoint), {
        method: "POST", keepalive: true, credentials: "omit",
        headers: { "content-type": "application/json" }, body: JSON.stringify({ events: sent }),
      });
      return response.ok && (await response.json()).rejected.length === 0;
    } catch { return false; }
  }

  /** Ask for a list; `wanted` as the body of POST /v1/recommendations. */
  async recommendations(wanted, signal) {
    const mine = this.agreed ? { subject: this.subject, session: this.visit } : { personalised: false };
    const response = await fetch(new URL("v1/recommendations", this.#endpoint), {
      method: "POST", signal, credentials: "omit",
      headers: { "content-type": "application/json" }, body: JSON.stringify({ ...mine, ...wanted }),
    });
    if (!response.ok) throw new Error(`the service answered ${response.status}`);
    return response.json();
  }

  /** Choices and interests, as GET /v1/subjects/…/preferences; with `changed`, after keeping them. */
  async preferences(lang, changed = null) {
    const options = changed
      ? { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(changed) } : {};
    const url = new URL(`v1/subjects/${this.subject}/preferences?lang=${lang}`, this.#endpoint);
    const response = await fetch(url, { credentials: "omit", ...options });
    if (!response.ok) throw new Error(`the service answered ${response.status}`);
    return response.json();
  }

  #remember(id) {
    const ids = [id, ...this.visit.filter((one) => one !== id)].slice(0, MOST_OF_A_VISIT);
    try {
      sessionStorage.setItem(this.#visit, JSON.stringify({ subject: this.subject, ids }));
    } catch { /* Without it a list takes no account of this visit. */ }
  }
}

/** The events that say that a list was shown, and one that an entry of it was opened, or is not wanted. */
export const shown = (list) => list.items.map((item) => event("impression", list, item));
export const opened = (list, item) => event("opened", list, item);
export const dismissed = (list, item) => event("dismissed", list, item);

/** Put a title into a node, told to be Chinese where it is: the page around it may be in another language. */
export function writeTitle(node, title) {
  node.textContent = title;
  if (/\p{Script=Han}/u.test(title) && !/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(title)) node.lang = "zh-CN";
  return node;
}

function event(type, list, item) {
  return { type, resource: item.id, request_id: list.request_id, strategy: list.strategy, reason: item.reason.type };
}

// Where a reader has forbidden it, naming a storage throws.
const forGood = () => localStorage;
const forVisit = () => sessionStorage;
function read(storage, name) {
  try { return storage().getItem(name); } catch { return null; }
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function element(name, attributes = {}, text = "") {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text) node.textContent = text;
  return node;
}

const STYLE = `
:host { display: block; font: 1rem/1.5 var(--wenmai-font, system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif);
  color: var(--wenmai-text, #24201b); }
:host([hidden]) { display: none; }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 14rem), 1fr)); gap: .8em; margin: 0; padding: 0; list-style: none; }
li { display: flex; flex-direction: column; }
a { display: block; flex: 1; box-sizing: border-box; padding: .8em 1em; border: 1px solid var(--wenmai-border, #8c8172);
  border-radius: var(--wenmai-radius, 4px); background: var(--wenmai-background, #fffdf8); color: inherit; text-decoration: none; }
a:hover [part=title] { text-decoration: underline; }
a:focus-visible { outline: 3px solid var(--wenmai-accent, #9d2b22); outline-offset: 1px; }
span { display: block; }
[part=kind] { font-size: .85em; color: var(--wenmai-accent, #9d2b22); }
[part=title] { font-weight: 600; }
[part=reason] { font-size: .85em; opacity: .8; }
p { margin: .6em 0 0; font-size: .85em; }
p:empty { margin: 0; }
button { align-self: start; min-height: 24px; padding: .2em 0; border: 0; background: none; color: inherit; font: inherit; font-size: .85em;
  text-decoration: underline; cursor: pointer; }
button:focus-visible { outline: 3px solid var(--wenmai-accent, #9d2b22); outline-offset: 1px; }
@media (prefers-color-scheme: dark) {
  :host { color: var(--wenmai-text, #ece5d8); }
  a { background: var(--wenmai-background, #211d19); }
  [part=kind] { color: var(--wenmai-accent, #ef8475); }
}`;

export class WenmaiRecommendations extends HTMLElement {
  static observedAttributes = ["endpoint", "lang", "institution", "item", "size", "kind"];
  #request = null;
  #onChange = () => {
    if (this.shadowRoot) this.#say("");
    // Of one who withdrew nothing stays, whether or not the service answers.
    this.#load(new Reader(this.#endpoint).agreed);
  };

  get #endpoint() {
    const given = this.getAttribute("endpoint");
    return new URL(given ? given.replace(/\/*$/, "/") : new URL("..", import.meta.url), document.baseURI);
  }

  connectedCallback() {
    addEventListener(CHANGED, this.#onChange);
    this.#load();
  }
  attributeChangedCallback() { if (this.#request) this.#load(); }
  disconnectedCallback() {
    removeEventListener(CHANGED, this.#onChange);
    this.#request?.abort();
    this.#request = null;
  }

  /* With `again` the same list is asked for: what stands there stays where the service does not answer. */
  async #load(again = false) {
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    const reader = new Reader(this.#endpoint);
    let list = { items: [] };
    try {
      list = await reader.recommendations(this.#wanted(), request.signal);
    } catch {
      // Without the service there is nothing to show.
      if (again) return;
    }
    if (request.signal.aborted) return;
    this.hidden = !list.items.length;
    this.#draw(reader, list);
    reader.report(shown(list));
  }

  #wanted() {
    const item = this.getAttribute("item");
    const kinds = (this.getAttribute("kind") ?? "").split(",").map((kind) => kind.trim()).filter(Boolean);
    return {
      n: Math.min(Math.max(Number.parseInt(this.getAttribute("size") ?? "6", 10) || 6, 1), 50),
      lang: languageOf(this.getAttribute("lang") || document.documentElement.lang),
      ...(item ? { context: "item", item } : {}),
      ...(this.hasAttribute("institution") ? { institution: this.getAttribute("institution") } : {}),
      ...(kinds.length ? { filter: { kind: kinds } } : {}),
    };
  }

  #draw(reader, list) {
    const lang = languageOf(this.getAttribute("lang") || document.documentElement.lang);
    const root = this.shadowRoot ?? this.#attach();
    const entries = element("ul", { part: "list", "aria-label": TEXTS[lang].label });
    entries.append(...list.items.map((item) => this.#entry(reader, list, item, lang)));
    root.querySelector("ul").replaceWith(entries);
  }

  #entry(reader, list, item, lang) {
    const url = new URL(`resources/${encodeURIComponent(item.id)}`, this.#endpoint);
    if (this.hasAttribute("lang")) url.searchParams.set("lang", lang);
    const link = element("a", { part: "entry", href: url.href });
    link.append(
      element("span", { part: "kind" }, TEXTS[lang].kinds[item.kind] ?? ""),
      writeTitle(element("span", { part: "title" }), item.title),
      element("span", { part: "reason" }, item.reason.text),
    );
    link.addEventListener("click", () => reader.report([opened(list, item)]));
    const entry = element("li");
    entry.append(link);
    if (reader.agreed) entry.append(this.#dismissal(reader, list, item, lang));
    return entry;
  }

  #dismissal(reader, list, item, lang) {
    const button = element("button", { part: "dismiss", type: "button", "aria-label": TEXTS[lang].dismissOf(item.title) }, TEXTS[lang].dismiss);
    button.addEventListener("click", async () => {
      if (!(await reader.report([dismissed(list, item)]))) return this.#say(TEXTS[lang].failed);
      button.closest("li").remove();
      this.#say(TEXTS[lang].dismissed(item.title));
      await this.#load(true);
      // What had the focus is gone.
      this.shadowRoot.querySelector("button")?.focus();
    });
    return button;
  }

  #say(text) { this.shadowRoot.querySelector("[role=status]").textContent = text; }

  #attach() {
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    root.append(element("ul"), element("p", { part: "status", role: "status" }));
    return root;
  }
}

if (!customElements.get("wenmai-recommendations")) customElements.define("wenmai-recommendations", WenmaiRecommendations);
