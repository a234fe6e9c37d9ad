// The line icons: 24 grid, drawn in the current colour. One a line, by name.
export const icons = {
  active:
    '<circle cx="12" cy="12" r="9.5" fill="currentColor" stroke="none"/><path d="m7.5 12.4 3 3 6-6.6" stroke="var(--card)" stroke-width="2.4"/>',
  activity:
    '<path d="M6.5 3.8h12v16.4h-12z"/><path d="M10 8.3h5"/><path d="M10 12h5"/><path d="M10 15.7h3"/><path d="M4.5 8h3"/><path d="M4.5 12h3"/><path d="M4.5 16h3"/>',
  "arrow-down": '<path d="M12 5v14"/><path d="m6.5 13.5 5.5 5.5 5.5-5.5"/>',
  "arrow-left": '<path d="M19.5 12h-15"/><path d="m10.5 6-6 6 6 6"/>',
  "arrow-up": '<path d="M12 19V5"/><path d="m6.5 10.5 5.5-5.5 5.5 5.5"/>',
  aws: '<path d="M7.2 18.5a4.2 4.2 0 0 1-.5-8.4 5.6 5.6 0 0 1 10.8 1.1 3.7 3.7 0 0 1-.4 7.3z"/>',
  "bell-ring":
    '<path d="M3.5 20h17"/><path d="M5.5 17a6.5 6.5 0 0 1 13 0z"/><path d="M12 10.5V8.5"/><path d="M10.2 7.8h3.6"/><path d="M3.6 9.6A9 9 0 0 1 6.4 5.6"/><path d="M20.4 9.6a9 9 0 0 0-2.8-4"/>',
  bell: '<path d="M3.5 19.5h17"/><path d="M5 16.5a7 7 0 0 1 14 0z"/><path d="M12 9.5V7"/><path d="M9.8 6.2h4.4"/>',
  calendar:
    '<path d="M4.5 6h15v14h-15z"/><path d="M4.5 10.5h15"/><path d="M8.5 3.8V8"/><path d="M15.5 3.8V8"/>',
  "check-circle": '<circle cx="12" cy="12" r="8.2"/><path d="m8.3 12.4 2.6 2.6 4.9-5.4"/>',
  check: '<path d="m5 12.8 4.6 4.6L19.2 7.2"/>',
  "chevron-down": '<path d="m5.5 9.5 6.5 6.5 6.5-6.5"/>',
  "chevron-right": '<path d="m9.5 5.5 6.5 6.5-6.5 6.5"/>',
  "chevrons-up-down": '<path d="m8 9 4-4 4 4"/><path d="m8 15 4 4 4-4"/>',
  "circle-dashed": '<circle cx="12" cy="12" r="8.2" stroke-dasharray="3.4 3"/>',
  "circle-slash": '<circle cx="12" cy="12" r="8.2"/><path d="m6.3 6.3 11.4 11.4"/>',
  clock: '<circle cx="12" cy="12" r="8.2"/><path d="M12 7.4V12l3.2 2"/>',
  copy: '<path d="M9 8.8h10.2v11H9z"/><path d="M15 8.8V4.5H4.8v11H9"/>',
  download: '<path d="M12 4v10.5"/><path d="m7.5 10.3 4.5 4.5 4.5-4.5"/><path d="M5 19.5h14"/>',
  "end-now": '<path d="M12 4v8"/><path d="M7.3 7a7.3 7.3 0 1 0 9.4 0"/>',
  enter: '<path d="M19 5.5v6a3.5 3.5 0 0 1-3.5 3.5H5"/><path d="m9.3 10.7-4.3 4.3 4.3 4.3"/>',
  extend:
    '<circle cx="10.5" cy="12.5" r="7"/><path d="M10.5 8.7v3.8l2.3 1.6"/><path d="M19 3.5v5"/><path d="M16.5 6h5"/>',
  external: '<path d="M13.5 4.5h6V10.5"/><path d="m19 5-8.3 8.3"/><path d="M17 14v5.5H4.5V7H10"/>',
  filter: '<path d="M4 6.5h16"/><path d="M7 12h10"/><path d="M10 17.5h4"/>',
  flask:
    '<path d="M9.5 3.8h5"/><path d="M10.5 3.8v5.7L5.2 18.3c-.6 1 .1 2 1.2 2h11.2c1.1 0 1.8-1 1.2-2L13.5 9.5V3.8"/><path d="M8 14.8h8"/>',
  flow: '<circle cx="5.8" cy="6" r="2.3"/><circle cx="5.8" cy="18" r="2.3"/><circle cx="18.2" cy="12" r="2.3"/><path d="M8.1 6h1.7c2.7 0 3.1 6 5.8 6h.3"/><path d="M8.1 18h1.7c2.7 0 3.1-6 5.8-6"/>',
  github:
    '<circle cx="6.5" cy="5.8" r="2.2"/><circle cx="6.5" cy="18.2" r="2.2"/><circle cx="17.5" cy="8.3" r="2.2"/><path d="M6.5 8v8"/><path d="M17.5 10.5c0 4-6 2.6-9.5 5.7"/>',
  hop: '<circle cx="5" cy="17.3" r="2"/><path d="M6.2 12.8C7.6 6.6 15.8 5 18.6 13.6"/><path d="m14.7 12.3 4.1 1.7 1.8-4"/>',
  hourglass:
    '<path d="M6.5 4h11"/><path d="M6.5 20h11"/><path d="M8 4v3.2c0 2.2 4 3 4 4.8s-4 2.6-4 4.8V20"/><path d="M16 4v3.2c0 2.2-4 3-4 4.8s4 2.6 4 4.8V20"/>',
  info: '<circle cx="12" cy="12" r="8.2"/><path d="M12 11.2v5"/><path d="M12 8v.02"/>',
  integrations:
    '<path d="M9 3.5v4.3"/><path d="M15 3.5v4.3"/><path d="M6.2 7.8h11.6V11a5.8 5.8 0 0 1-11.6 0z"/><path d="M12 16.8v3.7"/>',
  key: '<circle cx="8" cy="15.8" r="4.2"/><path d="m11 12.8 8.6-8.6"/><path d="m16 7.8 3 3"/><path d="m13.6 10.2 1.8 1.8"/>',
  kubernetes:
    '<circle cx="12" cy="12" r="7.4"/><circle cx="12" cy="12" r="1.9"/><path d="M12 2.8v7.3M12 13.9v7.3M4 7.4l6.350 3.650M13.650 12.950 20 16.6M4 16.6l6.350-3.650M13.650 11.050 20 7.4"/>',
  laptop: '<path d="M5.5 5.5h13v9.5h-13z"/><path d="M3 18.8h18"/>',
  lock: '<path d="M6 11h12v9H6z"/><path d="M8.5 11V8a3.5 3.5 0 0 1 7 0v3"/>',
  "minus-circle": '<circle cx="12" cy="12" r="8.2"/><path d="M8.2 12h7.6"/>',
  minus: '<path d="M5.5 12h13"/>',
  monitor: '<path d="M3.5 5h17v11h-17z"/><path d="M9 20h6"/><path d="M12 16v4"/>',
  more: '<path d="M6 12v.02M12 12v.02M18 12v.02" stroke-width="2.6"/>',
  "octagon-x":
    '<path d="M8.4 3.8h7.2l4.6 4.6v7.2l-4.6 4.6H8.4l-4.6-4.6V8.4z"/><path d="m9.3 9.3 5.4 5.4"/><path d="m14.7 9.3-5.4 5.4"/>',
  okta: '<circle cx="12" cy="12" r="8.2"/><circle cx="12" cy="12" r="3.4"/>',
  pagerduty:
    '<path d="M3.5 6.5h17v11h-17z"/><path d="M6.8 9.7h6.4v3.3H6.8z"/><path d="M16.8 10.2v.02"/><path d="M16.8 13.6v.02"/>',
  people:
    '<circle cx="9" cy="8.6" r="3.3"/><path d="M3 19.5c.4-3.5 2.8-5.3 6-5.3s5.6 1.8 6 5.3"/><path d="M15.6 5.7a3.2 3.2 0 0 1 0 6"/><path d="M17.7 14.6c1.9.8 3 2.5 3.3 4.9"/>',
  person: '<circle cx="12" cy="8.2" r="3.7"/><path d="M4.8 20c.5-4 3.4-6 7.2-6s6.7 2 7.2 6"/>',
  plus: '<path d="M12 5.5v13"/><path d="M5.5 12h13"/>',
  postgres:
    '<ellipse cx="12" cy="6" rx="7" ry="2.7"/><path d="M5 6v12c0 1.5 3.1 2.7 7 2.7s7-1.2 7-2.7V6"/><path d="M5 12c0 1.5 3.1 2.7 7 2.7s7-1.2 7-2.7"/>',
  refresh: '<path d="M19.3 12.5a7.3 7.3 0 1 1-1.8-5.3"/><path d="M19.5 3.8v4.4h-4.4"/>',
  returned: '<path d="M9 5.5 4.5 10 9 14.5"/><path d="M4.5 10H15a4.5 4.5 0 0 1 0 9h-3.5"/>',
  search: '<circle cx="10.8" cy="10.8" r="6.3"/><path d="m15.6 15.6 4.6 4.6"/>',
  shield:
    '<path d="m12 3.3 7.5 2.8v5.4c0 4.6-3 7.7-7.5 9.2-4.5-1.5-7.5-4.6-7.5-9.2V6.1z"/><path d="m8.6 12 2.5 2.5 4.4-4.9"/>',
  slack:
    '<path d="M9.7 4 8.3 20"/><path d="M15.7 4l-1.4 16"/><path d="M4.5 9h15.5"/><path d="M4 15h15.5"/>',
  sliders:
    '<path d="M4 7.5h8"/><path d="M17 7.5h3"/><circle cx="14.5" cy="7.5" r="2.3"/><path d="M4 16.5h3"/><path d="M12 16.5h8"/><circle cx="9.5" cy="16.5" r="2.3"/>',
  suitcase:
    '<path d="M3.8 8.2h16.4v11.3H3.8z"/><path d="M9 8.2V5h6v3.2"/><path d="M8 8.2v11.3"/><path d="M16 8.2v11.3"/>',
  teams: '<path d="M4 5h16v11.2h-7.8L8 20v-3.8H4z"/><path d="M8.5 9h7"/><path d="M12 9v4"/>',
  terminal:
    '<path d="M3.8 5h16.4v14H3.8z"/><path d="m7.5 9.5 2.7 2.5-2.7 2.5"/><path d="M12.5 15h4"/>',
  "triangle-alert": '<path d="M12 4.2 21 19.5H3z"/><path d="M12 10v4.2"/><path d="M12 16.9v.02"/>',
  x: '<path d="m6 6 12 12"/><path d="M18 6 6 18"/>',
} as const;

export type IconName = keyof typeof icons;
