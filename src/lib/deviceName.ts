const BROWSERS: readonly (readonly [mark: RegExp, name: string])[] = [
  // In this order: most of them say of themselves that they are Chrome or Safari, too.
  [/\b(?:Edg|EdgA|EdgiOS)\//, "Edge"],
  [/\b(?:OPR|OPT)\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\//, "Chrome"],
  [/\bVersion\/\S+ .*Safari\//, "Safari"],
];

const SYSTEMS: readonly (readonly [mark: RegExp, name: string])[] = [
  [/\bAndroid\b/, "Android"],
  [/\b(?:iPhone|iPad|iPod)\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
];

/**
 * What to call a device that signs in, so that it is known from others of the same account:
 * "Key Backup in Chrome on Linux". A user agent that says less gives a shorter name. No versions:
 * the name stays while the browser is updated.
 */
export function nameDevice(app: string, userAgent: string): string {
  const browser = find(BROWSERS, userAgent);
  const system = find(SYSTEMS, userAgent);
  return `${app}${browser === null ? "" : ` in ${browser}`}${system === null ? "" : ` on ${system}`}`;
}

function find(marks: typeof BROWSERS, userAgent: string): string | null {
  return marks.find(([mark]) => mark.test(userAgent))?.[1] ?? null;
}
