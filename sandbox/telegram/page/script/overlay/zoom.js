// Moving and magnifying one picture: wheel, double press, two fingers, + and −, dragging.

const MOST = 6;

/**
 * Make a picture movable inside its stage.
 * @param {HTMLElement} stage takes the gestures
 * @param {HTMLElement} picture is moved
 * @param {{swipe: (step: -1|1) => void, pressedBeside: () => void, changed: (scale: number) => void}} hands
 */
export function makeZoom(stage, picture, hands) {
  let scale = 1;
  let x = 0;
  let y = 0;
  let moved = false;
  const fingers = new Map();

  const draw = () => {
    picture.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    stage.classList.toggle("zoomed", scale > 1);
    hands.changed(scale);
  };
  const reset = () => { scale = 1; x = 0; y = 0; draw(); };
  const zoomTo = (wanted, at) => {
    const next = Math.min(Math.max(wanted, 1), MOST);
    if (next === 1) { reset(); return; }
    const box = stage.getBoundingClientRect();
    const [cx, cy] = [at.x - box.left - box.width / 2, at.y - box.top - box.height / 2];
    x = cx - ((cx - x) * next) / scale;
    y = cy - ((cy - y) * next) / scale;
    scale = next;
    draw();
  };
  const centre = () => ({ x: innerWidth / 2, y: innerHeight / 2 });

  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomTo(scale * Math.exp(-event.deltaY / 320), event);
  }, { passive: false });
  stage.addEventListener("dblclick", (event) => zoomTo(scale > 1 ? 1 : 2.5, event));
  stage.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button, a")) return;
    fingers.set(event.pointerId, { startX: event.clientX, startY: event.clientY, x: event.clientX, y: event.clientY });
    moved = false;
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    const finger = fingers.get(event.pointerId);
    if (!finger) return;
    if (Math.hypot(event.clientX - finger.startX, event.clientY - finger.startY) > 6) moved = true;
    if (fingers.size === 2) {
      const other = [...fingers].find(([id]) => id !== event.pointerId)[1];
      const before = Math.hypot(finger.x - other.x, finger.y - other.y);
      const now = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      zoomTo(scale * (now / Math.max(before, 1)), { x: (event.clientX + other.x) / 2, y: (event.clientY + other.y) / 2 });
    } else if (scale > 1) {
      x += event.clientX - finger.x;
      y += event.clientY - finger.y;
      draw();
    }
    finger.x = event.clientX;
    finger.y = event.clientY;
  });
  const lift = (event) => {
    const finger = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    if (!finger || fingers.size) return;
    const along = finger.x - finger.startX;
    if (scale === 1 && Math.abs(along) > 60 && Math.abs(along) > Math.abs(finger.y - finger.startY)) hands.swipe(along < 0 ? 1 : -1);
    else if (!moved && scale === 1 && !isOver(picture, event)) hands.pressedBeside();
  };
  stage.addEventListener("pointerup", lift);
  stage.addEventListener("pointercancel", (event) => fingers.delete(event.pointerId));

  return { reset, closer: () => zoomTo(scale * 1.6, centre()), farther: () => zoomTo(scale / 1.6, centre()) };
}

function isOver(picture, { clientX, clientY }) {
  const box = picture.getBoundingClientRect();
  return clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
}
