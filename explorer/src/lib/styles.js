// Adds a style sheet that comes with a script, so that pages without the script do not include its rules.
export function addStyles(text) {
  document.head.append(Object.assign(document.createElement("style"), { textContent: text }));
}
