import type { ServiceNow } from './portal.ts';

interface Words {
  readonly well: (service: ServiceNow) => string;
  readonly notWell: (service: ServiceNow) => string;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Puts live states into the places that `::status{service=…}` left in an article; unknown services leave nothing. */
export function fillServices(html: string, services: readonly ServiceNow[], words: Words): string {
  return html.replace(/<p data-service="([^"]*)"><\/p>\n?/g, (_place, id: string) => {
    const service = services.find((one) => one.id === id);
    if (!service || service.state === 'unknown' || service.state === 'paused') return '';
    const tone = { up: 'good', degraded: 'poor', down: 'bad', maintenance: 'busy' }[service.state];
    const text = service.state === 'up' ? words.well(service) : words.notWell(service);
    return `<p><span class="badge ${tone}">${escaped(text)}</span></p>`;
  });
}
