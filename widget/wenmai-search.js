/* <wenmai-search>: a search box with suggestions for any page. No dependencies; see README.md.
 * Three layers: Suggestions (state, no DOM), bindCombobox (any input and list), WenmaiSearch (the element). */

const TEXTS = {
  zh: {
    label: "搜索馆藏资源", placeholder: "搜索图书、音像、虚拟展览、文化遗产", submit: "搜索", list: "搜索建议",
    count: (n) => `${n} 条建议，用上下方向键选择`,
    creator: "作者", kinds: { book: "图书", audiovisual: "音像", virtual: "虚拟资源", heritage: "文化遗产", collection: "专题" },
  },
  en: {
    label: "Search the collections", placeholder: "Search books, recordings, exhibitions, heritage",
    submit: "Search", list: "Suggestions", count: (n) => `${n} suggestions, use the arrow keys`,
    creator: "Creator", kinds: { book: "Book", audiovisual: "Audio-visual", virtual: "Virtual", heritage: "Heritage", collection: "Collection" },
  },
};

const languageOf = (tag) => (tag?.toLowerCase().startsWith("en") ? "en" : "zh");
export const textsOf = (tag) => TEXTS[languageOf(tag)];

/** A function (text, signal) -> items that asks `endpoint`; with `institution`, only for its records. */
export function suggestionSource(endpoint, { size = 8, institution = "" } = {}) {
  return async (text, signal) => {
    const url = new URL("v1/suggest", endpoint);
    url.search = new URLSearchParams({ q: text, size, ...(institution && { institution }) });
    const response = await fetch(url, { signal, credentials: "omit" });
    if (!response.ok) return [];
    return (await response.json()).items;
  };
}

/** What is suggested and which suggestion is active. Knows nothing of the page; calls `onChange` after a change. */
export class Suggestions {
  items = [];
  active = -1;
  #source; #delay; #onChange; #timer = 0; #request = null;

  constructor(source, { delay = 120, onChange = () => {} } = {}) {
    this.#source = source;
    this.#delay = delay;
    this.#onChange = onChange;
  }

  /** The reader typed `text`: ask a moment later, and forget what was asked before. */
  type(text) {
    this.#stop();
    const wanted = text.trim().slice(0, 256);
    if (!wanted) return this.#show([]);
    this.#timer = setTimeout(() => this.#ask(wanted), this.#delay);
  }

  /** Make the next (1) or previous (-1) suggestion active; beyond either end none is. */
  move(step) {
    const places = this.items.length + 1;
    this.active = ((this.active + 1 + step + places) % places) - 1;
    this.#onChange(this);
  }

  get chosen() { return this.items[this.active] ?? null; }

  close() {
    this.#stop();
    if (this.items.length) this.#show([]);
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#request = null;
  }

  async #ask(text) {
    const request = (this.#request = new AbortController());
    let items = [];
    try {
      items = await this.#source(text, request.signal);
    } catch { /* Without suggestions the box still searches. */ }
    if (!request.signal.aborted) this.#show(items);
  }

  #show(items) {
    this.items = items;
    this.active = -1;
    this.#onChange(this);
  }
}

/** Make `input` a combobox (WAI-ARIA 1.2) over `list`; both must be in the same document or shadow root.
 * `status` is a live region. `onSelect(item)` is called for a choice. Returns the Suggestions. */
export function bindCombobox({ input, list, status, source, lang, onSelect }) {
  const texts = textsOf(lang);
  let composing = false;
  const suggestions = new Suggestions(source, { onChange: draw });

  set(input, { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id });
  set(input, { autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  set(list, { role: "listbox", "aria-label": texts.list });
  list.hidden = true;

  function draw({ items, active }) {
    list.replaceChildren(...items.map((item, number) => option(item, number, number === active)));
    list.hidden = !items.length;
    input.setAttribute("aria-expanded", String(items.length > 0));
    if (active < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", `${list.id}-${active}`);
    list.children[active]?.scrollIntoView({ block: "nearest" });
    if (status && active < 0) status.textContent = items.length ? texts.count(items.length) : "";
  }

  function option(item, number, active) {
    const line = element("li", { role: "option", id: `${list.id}-${number}`, part: active ? "option active" : "option" });
    line.setAttribute("aria-selected", String(active));
    line.append(element("span", { part: "text" }, item.text), element("span", { part: "kind" }, item.field === "creator" ? texts.creator : texts.kinds[item.kind] ?? ""));
    line.addEventListener("click", () => select(item));
    return line;
  }

  function select(item) {
    input.value = item.text;
    suggestions.close();
    onSelect(item);
  }

  input.addEventListener("compositionstart", () => { composing = true; suggestions.close(); });
  input.addEventListener("compositionend", () => { composing = false; suggestions.type(input.value); });
  input.addEventListener("input", (event) => {
    if (!composing && !event.isComposing) suggestions.type(input.value);
  });
  input.addEventListener("keydown", (event) => {
    // 229: the key belongs to an input method, even where composition is said to have ended.
    if (composing || event.isComposing || event.keyCode === 229) return;
    const open = suggestions.items.length > 0;
    if (event.key === "ArrowDown" && !open) suggestions.type(input.value);
    else if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) suggestions.move(event.key === "ArrowDown" ? 1 : -1);
    else if (open && event.key === "Escape") suggestions.close();
    else if (event.key === "Enter" && suggestions.chosen) select(suggestions.chosen);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => suggestions.close());
  input.form?.addEventListener("submit", (event) => {
    if (composing) event.preventDefault();
    else suggestions.close();
  });
  // Pressing on a suggestion must not take the focus, which would close the list before the click.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("mousedown", (event) => event.preventDefault());
  return suggestions;
}

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function element(name, attributes = {}, text = "") {
  const node = set(document.createElement(name), attributes);
  if (text) node.textContent = text;
  return node;
}

const STYLE = `
:host { display: block; font: 1rem/1.5 var(--wenmai-font, system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif);
  color: var(--wenmai-text, #24201b); }
:host([hidden]), [hidden] { display: none; }
form { display: flex; position: relative; margin: 0; border: 1px solid var(--wenmai-border, #8c8172);
  border-radius: var(--wenmai-radius, 4px); background: var(--wenmai-background, #fffdf8); }
form:focus-within { outline: 3px solid var(--wenmai-accent, #9d2b22); outline-offset: 1px; }
input { flex: 1; min-width: 0; padding: .65em .9em; border: 0; outline: 0; background: none; font: inherit; color: inherit; }
input::placeholder { color: inherit; opacity: .7; }
button { padding: .65em 1.3em; border: 0; border-radius: 0 calc(var(--wenmai-radius, 4px) - 1px) calc(var(--wenmai-radius, 4px) - 1px) 0;
  background: var(--wenmai-accent, #9d2b22); color: var(--wenmai-on-accent, #fff); font: inherit; cursor: pointer; white-space: nowrap; }
button:focus-visible { outline: 2px solid currentColor; outline-offset: -5px; }
ul { position: absolute; z-index: 1000; inset: calc(100% + 4px) 0 auto; margin: 0; padding: .3em 0; max-height: 22em; overflow: auto;
  list-style: none; border: 1px solid var(--wenmai-border, #8c8172); border-radius: var(--wenmai-radius, 4px);
  background: var(--wenmai-background, #fffdf8); box-shadow: 0 8px 24px #0003; }
li { display: flex; justify-content: space-between; gap: 1em; padding: .5em .9em; cursor: pointer; }
li:hover, li[aria-selected=true] { background: var(--wenmai-active, #f1e6d6); }
li[aria-selected=true] { box-shadow: inset 3px 0 var(--wenmai-accent, #9d2b22); }
[part=kind] { flex: none; font-size: .85em; opacity: .75; }
[role=status] { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (prefers-color-scheme: dark) {
  :host { color: var(--wenmai-text, #ece5d8); }
  form, ul { background: var(--wenmai-background, #211d19); border-color: var(--wenmai-border, #8c8172); }
  button { background: var(--wenmai-accent, #b9473a); }
  li:hover, li[aria-selected=true] { background: var(--wenmai-active, #3a322a); }
}`;

export class WenmaiSearch extends HTMLElement {
  static observedAttributes = ["endpoint", "placeholder", "lang", "institution", "results-url"];
  #input = null;

  /** What is in the box. */
  get value() { return this.#input?.value ?? ""; }
  set value(text) { if (this.#input) this.#input.value = text; }

  get #endpoint() {
    // This file is served at /widget/, one below the service's root.
    const given = this.getAttribute("endpoint");
    return new URL(given ? given.replace(/\/*$/, "/") : new URL("..", import.meta.url), document.baseURI);
  }

  connectedCallback() { this.#draw(); }
  attributeChangedCallback() { if (this.#input) this.#draw(); }

  #draw() {
    const kept = this.value;
    const lang = this.getAttribute("lang") || document.documentElement.lang;
    const texts = textsOf(lang);
    const root = this.shadowRoot ?? this.#attach();
    const results = new URL(this.getAttribute("results-url") || new URL("search", this.#endpoint), document.baseURI);
    const form = element("form", { part: "form", role: "search", method: "get", action: results });
    const placeholder = this.getAttribute("placeholder") || texts.placeholder;
    this.#input = element("input", { part: "input", name: "q", type: "text", "aria-label": texts.label, placeholder, maxlength: "256", enterkeyhint: "search" });
    this.#input.value = kept;
    const list = element("ul", { part: "list", id: "suggestions" });
    const status = element("div", { role: "status" });
    form.append(this.#input, element("button", { part: "button", type: "submit" }, texts.submit), list, status);
    // Of its action's query a GET form sends nothing.
    const sent = results.searchParams;
    sent.delete("q");
    const institution = this.getAttribute("institution");
    if (institution) sent.set("institution", institution);
    if (this.hasAttribute("lang")) sent.set("lang", languageOf(lang));
    sent.forEach((value, name) => form.append(element("input", { type: "hidden", name, value })));
    root.replaceChildren(form);
    const source = suggestionSource(this.#endpoint, { institution });
    bindCombobox({ input: this.#input, list, status, source, lang, onSelect: (item) => this.#select(item) });
  }

  #attach() {
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    // A constructed sheet is allowed where the host page's policy forbids inline styles.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    return root;
  }

  #select(item) {
    // A name is searched for.
    if (item.field === "creator") return this.#input.form.requestSubmit();
    const url = new URL(`resources/${encodeURIComponent(item.id)}`, this.#endpoint);
    if (this.hasAttribute("lang")) url.searchParams.set("lang", languageOf(this.getAttribute("lang")));
    const detail = { id: item.id, text: item.text, kind: item.kind, url: url.href };
    const event = new CustomEvent("wenmai-select", { detail, bubbles: true, composed: true, cancelable: true });
    if (this.dispatchEvent(event)) location.assign(url.href);
  }
}

if (!customElements.get("wenmai-search")) customElements.define("wenmai-search", WenmaiSearch);
