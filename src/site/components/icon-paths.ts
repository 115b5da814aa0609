/** Line drawings on a 24 × 24 grid, drawn for this portal. Names as content and pages use them. */
export const ICON_PATHS: Readonly<Record<string, string>> = {
  // Categories
  key: 'M14.5 9.5a5 5 0 1 0-4.2 4.9L12 16h2v2h2v2h4v-4l-5.6-5.6zM7.8 8.3h.01',
  mail: 'M3.5 5.5h17v13h-17zM3.5 7l8.5 6.5L20.5 7',
  wifi: 'M2.5 9a14 14 0 0 1 19 0M5.8 12.6a9 9 0 0 1 12.4 0M9 16.1a4.3 4.3 0 0 1 6 0M12 19.5h.01',
  printer: 'M7 9V3.5h10V9M7 17.5H3.5v-7A1.5 1.5 0 0 1 5 9h14a1.5 1.5 0 0 1 1.5 1.5v7H17M7 14.5h10v6H7z',
  laptop: 'M5 5h14v10.5H5zM2.5 19h19',
  folder: 'M3.5 19V5.5h6l2 2.5h9v11z',
  video: 'M3 6.5h12v11H3zM15 10.5l6-3.5v10l-6-3.5',
  shield: 'M12 3l7.5 3v5.5c0 4.5-3 8-7.5 9.5-4.5-1.5-7.5-5-7.5-9.5V6zM9 12l2.2 2.2L15.2 10',
  flag: 'M6 21V4M6 4.5c4-2 7 2 12 0v9c-5 2-8-2-12 0',
  lifebuoy:
    'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 8.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM6 6l3.5 3.5M18 6l-3.5 3.5M6 18l3.5-3.5M18 18l-3.5-3.5',
  app: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM16.5 13.5v6M13.5 16.5h6',
  phone: 'M7 3h10v18H7zM11 18h2',
  accessibility: 'M12 3.2h.01M4.5 8l5 1.2v4L7.5 20M19.5 8l-5 1.2v4l2 6.8M9.5 9.2h5M9.5 13.2h5',
  // The page itself
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.3 15.3L20.5 20.5',
  pulse: 'M2.5 12.5h4l3-8 5 15 3-7h4',
  globe:
    'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17',
  contrast:
    'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 3.5v17M12 7.5l4.5-2M12 11.5l8-3M12 15.5l8-2.5M12 19l6-2',
  chevron: 'M9.5 5.5L16 12l-6.5 6.5',
  arrow: 'M4 12h16M13.5 5.5L20 12l-6.5 6.5',
  check: 'M4.5 12.5l5 5 10-11',
  cross: 'M5.5 5.5l13 13M18.5 5.5l-13 13',
  info: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 11v5.5M12 7.5h.01',
  warning: 'M12 3.5l9.5 17h-19zM12 10v5M12 17.7h.01',
  stop: 'M8.2 3h7.6L21 8.2v7.6L15.8 21H8.2L3 15.8V8.2zM12 7.5v5.5M12 16.3h.01',
  wrench: 'M20 7.5a5 5 0 0 1-6.7 4.7l-6.6 6.6a2 2 0 0 1-2.8-2.8l6.6-6.6A5 5 0 0 1 16.5 4l-3 3 .5 2.5 2.5.5z',
  clock: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7v5.3l3.5 2',
  pencil: 'M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5l3.5 3.5',
  document: 'M6 3h8.5L19 7.5V21H6zM14 3v5h5M9 12.5h6M9 16h6',
};
