// The button below a chart that saves it as PNG: the drawing on the page, on white, at twice its size.

const INK = "#1c2430";
const SCALE = 2;

async function png(drawing) {
  const copy = drawing.cloneNode(true);
  const { width, height } = drawing.viewBox.baseVal;
  const text = new XMLSerializer().serializeToString(copy).replaceAll("var(--text)", INK);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [SCALE * width, SCALE * height];
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}

for (const item of document.querySelectorAll("li.png")) {
  const button = item.querySelector("button");
  const drawing = item.closest("figure").querySelector("svg");
  button.addEventListener("click", async () => {
    const link = document.createElement("a");
    link.href = await png(drawing);
    link.download = button.dataset.name;
    link.click();
  });
  item.hidden = false;
}
