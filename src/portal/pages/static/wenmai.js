/* Gives the pages' own search boxes the suggestions of the widget. Without this script they search all the same. */
import { bindCombobox, suggestionSource } from "/widget/wenmai-search.js";

for (const [number, input] of document.querySelectorAll("[data-suggest]").entries()) {
  const list = document.createElement("ul");
  list.id = `suggestions-${number}`;
  list.className = "suggestions";
  const status = document.createElement("div");
  status.setAttribute("role", "status");
  status.className = "unseen";
  input.parentElement.append(list, status);
  bindCombobox({
    input, list, status,
    source: suggestionSource(location.origin),
    lang: document.documentElement.lang,
    // A name is searched for, a title leads to its record.
    onSelect: (item) => item.field === "creator"
      ? input.form.requestSubmit() : location.assign(`/resources/${encodeURIComponent(item.id)}`),
  });
}
