// Adds a style sheet that came with a script, so that a page without the script carries no rules for it.
export function addStyles(text) {
  document.head.append(Object.assign(document.createElement("style"), { textContent: text }));
}
