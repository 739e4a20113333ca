// SPDX-License-Identifier: Apache-2.0
// The page of bulwark-console: takes what comes over the socket, and once a picture lets each panel that is seen draw it.
import { close_drawer, drawer_is_open } from "./actions/drawer";
import { log_in_for, on_person, person_changed, show_person } from "./actions/log_in";
import { open_resume } from "./actions/resume";
import { start_stop } from "./actions/stop";
import { load_person } from "./api";
import { by_id, set, show, write } from "./dom";
import { News, type Panel } from "./panel";
import { Accounts } from "./panels/accounts";
import { Alerts } from "./panels/alerts";
import { Announcer } from "./panels/announcer";
import { ArmedControls, System } from "./panels/armed";
import { Clients, Latency } from "./panels/clients";
import { Correlation } from "./panels/correlation";
import { Feed } from "./panels/feed";
import { Figures } from "./panels/figures";
import { Header } from "./panels/header";
import { HeatMap } from "./panels/heat_map";
import { Limits } from "./panels/limits";
import { Market, Shares } from "./panels/market";
import { Orders } from "./panels/orders";
import { Positions } from "./panels/positions";
import { Profit } from "./panels/profit";
import { Sessions } from "./panels/sessions";
import { Stress } from "./panels/stress";
import { Connection } from "./socket";
import { Store } from "./store";
import { on_theme, start_theme } from "./theme";
import "./style/tokens.css";
import "./style/frame.css";
import "./style/panels.css";
import "./style/drawer.css";
import "./style/narrow.css";

const views = ["now", "risk", "trading", "controls"];
const store = new Store();
const header = new Header(store);

const panels: Panel[] = [header, new Announcer(), new Figures(), new Alerts(), new HeatMap(), new Limits(), new Profit(), new Feed(), new Clients(),
  new Market(), new Stress(), new Sessions(), new Correlation(), new Shares(), new Accounts(), new Latency(), new Positions(), new Orders(),
  new ArmedControls(), new System()];
const waiting = new Map<Panel, number>(panels.map((panel) => [panel, 0]));
let shown_view = "";
let asked = false;

// The next picture has it; however much comes before that, it is drawn once.
function tell(news: number): void {
  for (const panel of panels) waiting.set(panel, waiting.get(panel)! | news);
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    for (const panel of panels) {
      const its = waiting.get(panel)!;
      if (its === 0 || (panel.view !== "" && panel.view !== shown_view)) continue;
      waiting.set(panel, 0);
      panel.update(store, its);
    }
  });
}

function show_view(): void {
  const wanted = location.hash.slice(1);
  shown_view = views.includes(wanted) ? wanted : "now";
  for (const view of views) show(by_id(`view-${view}`), view === shown_view);
  for (const link of document.querySelectorAll<HTMLAnchorElement>("#views a")) {
    set(link, "aria-current", link.dataset["view"] === shown_view ? "page" : null);
  }
  tell(News.Shown);
}

const connection = new Connection({
  may_connect: async () => {
    const before = store.person;
    if (!(await load_person(store))) return Promise.reject(new Error("no answer"));
    if (before?.person !== store.person?.person || before?.role !== store.person?.role) person_changed();
    if (store.person!.role !== "none") return true;
    if (!drawer_is_open()) log_in_for(store, "view", "Log in to see the figures", () => {});
    return false;
  },
  opened: () => {
    store.connected = true;
    tell(News.Shown);
  },
  closed: () => {
    store.connected = false;
    tell(News.Shown);
  },
  hello: (hello) => {
    store.take_hello(hello);
    tell(News.Hello);
  },
  state: (state) => {
    store.state = state;
    tell(News.State);
  },
  feed: (rows) => {
    store.take_feed(rows);
    tell(News.Feed);
  },
  series: (series) => {
    store.series = series;
    tell(News.Series);
  },
  frame: (frame) => {
    store.take_frame(frame);
    tell(News.Frame);
  },
});

on_person(() => {
  header.write_person();
  tell(News.State);
  if (!store.connected) connection.connect();
});
on_theme(() => tell(News.Theme));
start_theme();
start_stop(store);
addEventListener("hashchange", show_view);
by_id("person").addEventListener("click", () => show_person(store));
by_id("resume").addEventListener("click", () => open_resume(store));
addEventListener("keydown", (event) => {
  if (event.key === "Escape") return close_drawer();
  const place = Number(event.key) - 1;
  const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (!typing && !event.ctrlKey && !event.altKey && !event.metaKey && views[place] !== undefined) location.hash = views[place]!;
});
write(by_id("foot"), "Keys: 1 to 4 views, Alt+Shift+S stop, Esc closes. Everything here is what killswitch status, bulwark status and bulwark journal print.");
show_view();
connection.connect();
