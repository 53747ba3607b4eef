// A page for a second screen or the wall: a button for full screen, and a screen that stays awake meanwhile.

let lock = null;

async function keepAwake() {
  const wanted = document.fullscreenElement && !document.hidden;
  if (wanted && !lock) lock = await navigator.wakeLock?.request("screen").catch(() => null);
  else if (!wanted && lock) {
    await lock.release();
    lock = null;
  }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-full-screen]")) return;
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
});

document.addEventListener("fullscreenchange", keepAwake);
document.addEventListener("visibilitychange", keepAwake);

const button = document.querySelector("[data-full-screen]");
if (button) button.hidden = !document.fullscreenEnabled;
