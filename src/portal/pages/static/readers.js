/* What a reader agreed to, and the lists made from it. Without this script, and before a reader agrees, pages show
 * what is the same for everyone, and nothing of the reader is kept or sent. */
import { Reader, dismissed, opened, shown } from "/widget/wenmai-recommendations.js";

const reader = new Reader(location.origin);
const lang = document.documentElement.lang.startsWith("en") ? "en" : "zh";

const EMBLEMS = { book: "书", audiovisual: "音", virtual: "境", heritage: "物" };

// What could not be deleted when a reader withdrew is deleted now.
reader.forget().catch(() => { /* And if not now, at the next page. */ });

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
// Without the control this service takes no readers' events from pages.
if (section?.querySelector("[data-control]")) forYou(section);

function forYou(section) {
  const choice = section.querySelector("[data-agree]");
  const labels = section.querySelector("[data-labels]");
  const struckOut = section.querySelector("[data-struck-out]");
  const status = section.querySelector("[role=status]");
  section.querySelector("[data-control]").hidden = false;
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
    refresh();
  }

  async function refresh() {
    section.querySelector("[data-delete]").hidden = !reader.agreed;
    labels.hidden = struckOut.hidden = !reader.agreed;
    const asked = reader.subject;
    try {
      const list = await reader.recommendations({ n: section.querySelectorAll("[data-list] > li").length || 6, lang });
      // Whoever withdrew meanwhile is not shown what was personal.
      if (reader.subject !== asked) return;
      draw(list);
      if (!reader.agreed) return;
      const kept = await reader.preferences(lang);
      if (reader.subject === asked) drawLabels(kept);
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
    link.textContent = item.title;
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
      await reader.report([dismissed(list, item)]);
      say("dismissed", item.title);
      await refresh();
      section.querySelector("[data-list] .dismiss:not([hidden])")?.focus();
    });
    return node;
  }

  function drawLabels({ liked, disliked }) {
    const plain = ({ facet, value }) => ({ facet, value });
    const written = (without) => liked.filter((one) => one !== without && one.source === "written").map(plain);
    drawList(labels, liked, "×", section.dataset.remove, (label) => (
      { liked: written(label), disliked: [...disliked, label].map(plain) }
    ));
    drawList(struckOut, disliked, "↺", section.dataset.restore, (label) => (
      { liked: written(null), disliked: disliked.filter((one) => one !== label).map(plain) }
    ));
  }

  /* A button for each label; `choice` says what is kept once it is pressed. */
  function drawList(place, shownLabels, sign, name, choice) {
    place.querySelector("ul").replaceChildren(...shownLabels.map((label) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${label.label} ${sign}`;
      button.setAttribute("aria-label", name.replace("{label}", label.label));
      button.addEventListener("click", async () => {
        await reader.preferences(lang, choice(label));
        refresh();
      });
      const item = document.createElement("li");
      item.append(button);
      return item;
    }));
    place.hidden = !shownLabels.length;
  }

  function say(what, title = "") { status.textContent = section.dataset[what].replace("{title}", title); }
}
