/* What a reader agreed to, and the lists made from it. Without this script, and before a reader agrees, pages show
 * what is the same for everyone, and nothing of the reader is kept or sent. */
import { Reader, dismissed, opened, shown, writeTitle } from "/widget/wenmai-recommendations.js";

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
  const labels = section.querySelector("[data-labels]");
  const struckOut = section.querySelector("[data-struck-out]");
  const status = section.querySelector("[role=status]");
  const size = section.querySelectorAll("[data-list] > li").length || 6;
  let asked = 0;
  section.hidden = section.querySelector("[data-control]").hidden = false;
  choice.checked = reader.agreed;
  choice.addEventListener("change", () => (choice.checked ? agree() : withdraw()));
  section.querySelector("[data-delete]").addEventListener("click", withdraw);
  if (reader.agreed) refresh();

  function agree() {
    reader.agree();
    say("agreed");
    refresh();
  }

  async function withdraw() {
    try {
      await reader.withdraw();
      say("deleted");
    } catch {
      say("failed");
    }
    choice.checked = reader.agreed;
    // The button that was pressed goes.
    choice.focus();
    refresh();
  }

  async function refresh() {
    section.querySelector("[data-delete]").hidden = !reader.agreed;
    labels.hidden = struckOut.hidden = true;
    const whose = reader.subject;
    await refreshList();
    if (!reader.agreed) return;
    try {
      const kept = await reader.preferences(lang);
      // Whoever withdrew meanwhile is not shown what was personal.
      if (reader.subject === whose) drawLabels(kept);
    } catch { /* Without the service there is nothing to choose. */ }
  }

  async function refreshList() {
    const [whose, mine] = [reader.subject, ++asked];
    try {
      const list = await reader.recommendations({ n: size, lang });
      // An older answer may come after a newer one, and one that was personal after its reader withdrew.
      if (reader.subject === whose && asked === mine) draw(list);
    } catch { /* What the page came with stays. */ }
  }

  function draw(list) {
    const entries = list.items.map((item) => entry(list, item));
    section.querySelector("[data-list]").replaceChildren(...entries);
    reader.report(shown(list));
  }

  function entry(list, item) {
    const node = section.querySelector("template").content.firstElementChild.cloneNode(true);
    const link = node.querySelector("a");
    link.href = `/resources/${encodeURIComponent(item.id)}`;
    writeTitle(link, item.title);
    link.addEventListener("click", () => reader.report([opened(list, item)]));
    node.querySelector(".kind").textContent = section.dataset[item.kind] ?? "";
    node.querySelector(".kind").classList.add(item.kind);
    node.querySelector(".emblem").classList.add(item.kind);
    node.querySelector(".emblem").textContent = EMBLEMS[item.kind] ?? "文";
    node.querySelector(".reason").textContent = item.reason.text;
    const makers = item.contributors.join(lang === "en" ? ", " : "、");
    const facts = new Set([makers, item.date, item.institution_name].filter(Boolean));
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
      if (!(await reader.report([dismissed(list, item)]))) return say("unkept");
      node.remove();
      say("dismissed", item.title);
      await refreshList();
      section.querySelector("[data-list] .dismiss:not([hidden])")?.focus();
    });
    return node;
  }

  function drawLabels({ liked, disliked }) {
    const plain = ({ facet, value }) => ({ facet, value });
    const written = (without) => liked.filter((one) => one !== without && one.source === "written").map(plain);
    drawList(labels, liked, "×", "remove", "removed", (label) => (
      { liked: written(label), disliked: [...disliked, label].map(plain) }
    ));
    drawList(struckOut, disliked, "↺", "restore", "restored", (label) => (
      { liked: written(null), disliked: disliked.filter((one) => one !== label).map(plain) }
    ));
  }

  /* A button for each label, of this name; `chosen` says what is kept once it is pressed, which `done` tells. */
  function drawList(place, shownLabels, sign, name, done, chosen) {
    place.querySelector("ul").replaceChildren(...shownLabels.map((label, number) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${label.label} ${sign}`;
      button.setAttribute("aria-label", section.dataset[name].replace("{label}", label.label));
      button.addEventListener("click", async () => {
        if (!(await keep(chosen(label)))) return button.focus();
        say(done, label.label);
        const left = place.querySelectorAll("button");
        (left[Math.min(number, left.length - 1)] ?? choice).focus();
        refreshList();
      });
      const item = document.createElement("li");
      item.append(button);
      return item;
    }));
    place.hidden = !shownLabels.length;
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
