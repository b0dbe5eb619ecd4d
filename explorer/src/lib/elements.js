// Creates page elements without HTML in strings.

// element("a", { href: "x.html" }, "text", other): properties first; those with a hyphen, and role, are attributes.
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "role") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children);
  return made;
}

// The relative path from this page to the root of the site, as given by the page.
export const root = document.documentElement.dataset.root ?? "";

// Runs a script of the site, which sets a global; fetch would not work on pages opened from a file.
export function loadScript(path) {
  return new Promise((resolve, reject) => {
    const failed = () => reject(new Error(`${path} could not be read.`));
    document.head.append(element("script", { src: root + path, onload: resolve, onerror: failed }));
  });
}
