// Tabs and addresses: one panel at a time, set up when first opened.

const PANELS = { overview: async () => {}, read: showRead, network: showNetwork, timeline: showTimeline, data: showData };

const scrolled = {}; // where each tab was left

async function route() {
  let parts = [];
  try {
    parts = location.hash.slice(1).split("/").map(decodeURIComponent);
  } catch {
    // an address cut in the middle of a sign leads to the first tab
  }
  const name = Object.hasOwn(PANELS, parts[0]) ? parts[0] : "overview";
  const before = document.documentElement.dataset.tab;
  if (before) scrolled[before] = window.scrollY;
  for (const panel of Object.keys(PANELS)) {
    const open = panel === name;
    $(`panel-${panel}`).hidden = !open;
    $(`tab-${panel}`).setAttribute("aria-selected", String(open));
    $(`tab-${panel}`).tabIndex = open ? 0 : -1;
  }
  document.documentElement.dataset.tab = name;
  if (before && before !== name) window.scrollTo(0, parts.length > 1 ? 0 : scrolled[name] || 0);
  try {
    await PANELS[name](...parts.slice(1));
    $(`panel-${name}`).dataset.ready = "true";
  } catch (error) {
    $("failure").hidden = false;
    $("failure").textContent = `This part could not be shown (${error.message}). The same tables lie beside this file as CSV.`;
    throw error;
  }
}

function setUpTabs() {
  const tabs = [...document.querySelectorAll('[role="tab"]')];
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => goTo(tab.dataset.tab));
    tab.addEventListener("keydown", (e) => {
      const target = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[e.key];
      if (target === undefined) return;
      const next = tabs[(target + tabs.length) % tabs.length];
      next.focus();
      goTo(next.dataset.tab);
      e.preventDefault();
    });
  });
  document.querySelector(".skip").addEventListener("click", (e) => {
    e.preventDefault();
    $("main").focus();
  });
}

setUpTheme();
setUpTabs();
window.addEventListener("hashchange", route);
route();
