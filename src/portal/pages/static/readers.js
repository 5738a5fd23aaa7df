/* What a reader agreed to, and the lists made from it. Without this script, and before a reader agrees, pages show
 * what is the same for everyone, and nothing of the reader is kept or sent. */
import { CHANGED, Reader, dismissed, opened, shown, writeTitle } from "/widget/wenmai-recommendations.js";

const reader = new Reader(location.origin);
const lang = document.documentElement.lang.startsWith("en") ? "en" : "zh";

const EMBLEMS = { book: "书", audiovisual: "音", virtual: "境", heritage: "物" };

// Where this service takes no readers' events from pages, nothing that was agreed to earlier goes on.
const profiles = !("noProfiles" in document.body.dataset);
// What could not be deleted when a reader withdrew is deleted now.
(profiles ? reader.forget() : reader.withdraw().then(() => reader.forget())).catch(() => { /* And if not now, at the next page. */ });

const record = document.querySelector("[data-record]");
if (record) {
  const searched = document.referrer.startsWith(`${location.origin}/search`);
  reader.report([{ type: searched ? "opened" : "viewed", resource: record.dataset.record }]);
}

for (const section of document.querySelectorAll("[data-listed]")) {
  const list = JSON.parse(section.dataset.listed);
  reader.report(shown(list));
  section.querySelectorAll(".title a").forEach((link, place) => {
    link.addEventListener("click", () => reader.report([opened(list, list.items[place])]));
  });
}

const section = document.querySelector("[data-for-you]");
// Who cannot be remembered is not asked.
if (section && profiles && (reader.agreed || reader.keeps)) forYou(section);

function forYou(section) {
  const choice = section.querySelector("[data-agree]");
  const list = section.querySelector("[data-list]");
  const [labels, deletedLabels, hiddenLabels] = ["", "-deleted", "-hidden"].map((of) => section.querySelector(`[data-labels${of}]`));
  const status = section.querySelector("[role=status]");
  const names = JSON.parse(section.dataset.names);
  const forEveryone = [...list.children];
  const size = forEveryone.length || 6;
  let asked = 0;
  section.hidden = section.querySelector("[data-control]").hidden = false;
  choice.addEventListener("change", () => (choice.checked ? agree() : withdraw()));
  section.querySelector("[data-delete]").addEventListener("click", withdraw);
  // Here, or in another tab.
  addEventListener(CHANGED, refresh);
  refresh();

  function agree() {
    reader.agree();
    say("agreed");
  }

  async function withdraw() {
    try {
      await reader.withdraw();
      say("deleted");
    } catch {
      say("failed");
    }
    // The button that was pressed goes.
    choice.focus();
  }

  async function refresh() {
    choice.checked = reader.agreed;
    section.querySelector("[data-delete]").hidden = !reader.agreed;
    labels.hidden = deletedLabels.hidden = hiddenLabels.hidden = true;
    status.textContent = "";
    if (!reader.agreed) return list.replaceChildren(...forEveryone);
    const whose = reader.subject;
    await refreshList();
    try {
      const kept = await reader.preferences(lang);
      // Whoever withdrew meanwhile is not shown what was personal.
      if (reader.subject === whose) drawLabels(kept);
    } catch { /* Without the service there is nothing to choose. */ }
  }

  async function refreshList() {
    const [whose, mine] = [reader.subject, ++asked];
    try {
      const found = await reader.recommendations({ n: size, lang });
      // An older answer may come after a newer one, and one that was personal after its reader withdrew.
      if (reader.subject === whose && asked === mine) draw(found);
    } catch { /* What the page came with stays. */ }
  }

  function draw(found) {
    list.replaceChildren(...found.items.map((item) => entry(found, item)));
    reader.report(shown(found));
  }

  function entry(found, item) {
    const node = section.querySelector("template").content.firstElementChild.cloneNode(true);
    const link = node.querySelector("a");
    link.href = `/resources/${encodeURIComponent(item.id)}`;
    writeTitle(link, item.title);
    link.addEventListener("click", () => reader.report([opened(found, item)]));
    node.querySelector(".kind").textContent = names.kind[item.kind] ?? "";
    node.querySelector(".kind").classList.add(item.kind);
    node.querySelector(".emblem").classList.add(item.kind);
    node.querySelector(".emblem").textContent = EMBLEMS[item.kind] ?? "文";
    node.querySelector(".reason").textContent = item.reason.text;
    const makers = item.contributors.join(lang === "en" ? ", " : "、");
    const facts = new Set([makers, item.date, item.institution_name, names.access[item.access]].filter(Boolean));
    node.querySelector(".facts").append(...[...facts].map((fact) => {
      const span = document.createElement("span");
      span.textContent = fact;
      return span;
    }));
    node.querySelector(".excerpt").textContent = item.description;
    const dismiss = node.querySelector(".dismiss");
    dismiss.hidden = !reader.agreed;
    dismiss.setAttribute("aria-label", section.dataset.dismiss.replace("{title}", item.title));
    dismiss.addEventListener("click", async () => {
      if (!(await reader.report([dismissed(found, item)]))) return say("unkept");
      node.remove();
      say("dismissed", item.title);
      await refreshList();
      list.querySelector(".dismiss:not([hidden])")?.focus();
    });
    return node;
  }

  function drawLabels({ liked, disliked, deleted }) {
    const plain = ({ facet, value }) => ({ facet, value });
    const also = (kept, label) => [...kept, label].map(plain);
    const without = (kept, label) => kept.filter((one) => one !== label).map(plain);
    drawList(labels, liked, (label) => [
      button(label, `${label.label} ×`, "labelDelete", "labelDeleted", { deleted: also(deleted, label) }),
      button(label, section.dataset.hideThese, "labelHide", "labelHidden", { disliked: also(disliked, label) }),
    ]);
    drawList(deletedLabels, deleted, (label) => [
      button(label, `${label.label} ↺`, "labelRestore", "labelRestored", { deleted: without(deleted, label) }),
    ]);
    drawList(hiddenLabels, disliked, (label) => [
      button(label, `${label.label} ↺`, "labelRestore", "labelRestored", { disliked: without(disliked, label) }),
    ]);
  }

  function drawList(place, shownLabels, buttons) {
    place.querySelector("ul").replaceChildren(...shownLabels.map((label) => {
      const item = document.createElement("li");
      item.append(...buttons(label));
      return item;
    }));
    place.hidden = !shownLabels.length;
  }

  /* A button with this `text` and `name`, which keeps what is `chosen` of a label and says that it is `done`. */
  function button(label, text, name, done, chosen) {
    const node = document.createElement("button");
    node.type = "button";
    node.textContent = text;
    node.setAttribute("aria-label", section.dataset[name].replace("{label}", label.label));
    node.addEventListener("click", async () => {
      const item = node.parentElement, items = item.parentElement;
      const [place, which] = [[...items.children].indexOf(item), [...item.children].indexOf(node)];
      if (!(await keep(chosen))) return node.focus();
      say(done, label.label);
      // What was pressed is gone: the same button of the label that stands there now, or of the last.
      (items.children[Math.min(place, items.children.length - 1)]?.children[which] ?? choice).focus();
      refreshList();
    });
    return node;
  }

  /* Keep a choice of labels, which replaces the one before: until it is kept, none is made on top of the old one. */
  async function keep(changed) {
    const [whose, buttons] = [reader.subject, section.querySelectorAll(".labels button")];
    for (const button of buttons) button.disabled = true;
    try {
      const kept = await reader.preferences(lang, changed);
      if (reader.subject !== whose) return false;
      drawLabels(kept);
      return true;
    } catch {
      say("unkept");
      for (const button of buttons) button.disabled = false;
      return false;
    }
  }

  function say(what, title = "") { status.textContent = section.dataset[what].replace("{title}", title); }
}
