import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { script } from '../../src/paywall/pages/script.ts';

type Listener = (event: { readonly data: string }) => void;

/** Runs the script in a browser made of the elements given; `replaced` and `tick` show and drive what it does. */
function browse(elements: Record<string, object>) {
  const replaced: string[] = [];
  const left: string[] = [];
  const delays: number[] = [];
  const afterLong: (() => void)[] = [];
  const streams: { onerror?: () => void; readyState: number; status?: Listener }[] = [];
  const ticks: (() => void)[] = [];
  const context = createContext({
    document: { querySelector: (selector: string) => elements[selector] ?? null },
    location: {
      replace: (url: string) => replaced.push(url),
      assign: (link: { readonly href: string }) => left.push(link.href),
      reload: () => replaced.push('reload'),
    },
    EventSource: function (this: (typeof streams)[number]) {
      this.readyState = 1;
      Object.assign(this, { addEventListener: (_: string, heard: Listener) => Object.assign(this, { status: heard }) });
      streams.push(this);
    },
    setInterval: (tick: () => void) => ticks.push(tick),
    setTimeout: (later: () => void, ms: number) => {
      delays.push(ms);
      if (ms > 10_000) afterLong.push(later);
      else later();
    },
  });
  runInContext(script, context);
  const fire = (handler: string, event: object) => (context[handler] as (event: object) => void)(event);
  const passTo = (ms: number) => {
    runInContext(`Date.now=()=>${ms}`, context);
    for (const tick of ticks) tick();
  };
  return { replaced, left, delays, afterLong, streams, fire, passTo, now: Number(runInContext('Date.now()', context)) };
}

/** A text field with the caret where the last character was typed. */
function field(value: string, selectionStart = value.length) {
  return {
    value,
    selectionStart,
    oninput: () => {},
    setSelectionRange(start: number) {
      this.selectionStart = start;
    },
  };
}

function typed(value: string, caret?: number) {
  const code = field(value, caret);
  browse({ '#code': code });
  code.oninput();
  return [code.value, code.selectionStart];
}

describe('The script of the pages', () => {
  it('is smaller than 1.6 KB', () => {
    expect(Buffer.byteLength(script)).toBeLessThan(1_600);
  });

  it('writes the code as two groups of three and takes nothing but digits', () => {
    expect(typed('1234')).toEqual(['123 4', 5]);
    expect(typed('12a3-4567')).toEqual(['123 456', 7]);
    expect(typed('123')).toEqual(['123', 3]);
  });

  it('leaves the caret where the payer types', () => {
    expect(typed('1293 4', 3)).toEqual(['129 34', 3]);
  });

  it('writes a card number in fours, with the brand that it begins with', () => {
    const brand = { dataset: { visa: 'Visa', mastercard: 'Mastercard' }, textContent: '' };
    const number = field('4111-1111 11');
    browse({ '#number': number, '#brand': brand });
    number.oninput();
    expect([number.value, brand.textContent]).toEqual(['4111 1111 11', 'Visa']);
    Object.assign(number, { value: '5555x5', selectionStart: 2 });
    number.oninput();
    expect([number.value, brand.textContent]).toEqual(['5555x5', 'Mastercard']);
    number.value = '37';
    number.oninput();
    expect(brand.textContent).toBe('');
  });

  it('writes the stroke of an expiry date, and lets it be rubbed out', () => {
    const expiry = { value: '12', oninput: (_: { inputType: string }) => {} };
    browse({ '#expiry': expiry });
    expiry.oninput({ inputType: 'insertText' });
    expect(expiry.value).toBe('12/');
    expiry.value = '12';
    expiry.oninput({ inputType: 'deleteContentBackward' });
    expect(expiry.value).toBe('12');
  });

  it('lets a form go once', () => {
    const attributes = new Map<string, string>();
    const button = {
      hasAttribute: (name: string) => attributes.has(name),
      setAttribute: (name: string, value: string) => attributes.set(name, value),
    };
    const page = browse({});
    let refused = 0;
    const event = { target: { querySelector: () => button }, preventDefault: () => refused++ };
    page.fire('onsubmit', event);
    expect([refused, attributes.get('aria-disabled')]).toEqual([0, 'true']);
    page.fire('onsubmit', event);
    expect(refused).toBe(1);
  });

  it('lets it go again when no answer came: whoever stopped the browser is not left with a dead button', () => {
    const attributes = new Map<string, string>();
    const button = {
      hasAttribute: (name: string) => attributes.has(name),
      setAttribute: (name: string, value: string) => attributes.set(name, value),
      removeAttribute: (name: string) => void attributes.delete(name),
    };
    const page = browse({ '[data-events]': { dataset: { events: '/e', status: 'a', self: '/pay/1' } } });
    page.fire('onsubmit', { target: { querySelector: () => button } });
    expect(page.delays).toEqual([15_000]);
    for (const later of page.afterLong) later();
    expect(attributes.size).toBe(0);
    page.streams[0]?.status?.({ data: 'b' });
    expect(page.replaced).toEqual(['/pay/1']);
  });

  it('fetches a page anew that comes back from the cache of the browser', () => {
    const page = browse({});
    page.fire('onpageshow', { persisted: false });
    expect(page.replaced).toEqual([]);
    page.fire('onpageshow', { persisted: true });
    expect(page.replaced).toEqual(['reload']);
  });

  it('turns the page when the status is another one, and only then', () => {
    const page = browse({ '[data-events]': { dataset: { events: '/e', status: 'PENDING.PENDING', self: '/pay/1' } } });
    page.streams[0]?.status?.({ data: 'PENDING.PENDING' });
    expect(page.replaced).toEqual([]);
    page.streams[0]?.status?.({ data: 'SETTLED.SETTLED' });
    expect(page.replaced).toEqual(['/pay/1']);
  });

  it('does not turn the page while a form that was sent is being answered', () => {
    const page = browse({
      '[data-events]': { dataset: { events: '/e', status: 'PENDING.PENDING.1', self: '/pay/1' } },
    });
    const button = { hasAttribute: () => false, setAttribute: () => {} };
    page.fire('onsubmit', { target: { querySelector: () => button } });
    page.streams[0]?.status?.({ data: 'PENDING.PENDING.2' });
    expect(page.replaced).toEqual([]);
  });

  it('fetches the page when the stream was closed for good, not when it reconnects by itself', () => {
    const page = browse({ '[data-events]': { dataset: { events: '/e', status: 'x', self: '/pay/1' } } });
    const stream = page.streams[0];
    stream?.onerror?.();
    expect(page.replaced).toEqual([]);
    Object.assign(stream ?? {}, { readyState: 2 });
    stream?.onerror?.();
    expect(page.replaced).toEqual(['/pay/1']);
  });

  it('leads back to the shop after the seconds that the button says', () => {
    const page = browse({ '[data-after]': { href: 'https://shop.example/ok', dataset: { after: '5' } } });
    expect([page.left, page.delays]).toEqual([['https://shop.example/ok'], [5_000]]);
  });

  it('counts down each second but speaks only at the moments it was given', () => {
    const clock = { dataset: { left: '60', say: '[[30,"half a minute"],[0,"over"]]' }, textContent: '1:00' };
    const shown: string[] = [];
    const waiting = { dataset: { events: '/e', status: 'x', self: '/pay/1' } };
    const status = { textContent: 'a minute', classList: { remove: (name: string) => shown.push(name) } };
    const page = browse({ '[data-events]': waiting, '[data-left]': clock, progress: {}, '[role=status]': status });
    page.passTo(page.now + 15_500);
    expect([clock.textContent, status.textContent]).toEqual(['0:45', 'a minute']);
    page.passTo(page.now + 31_000);
    expect([clock.textContent, status.textContent]).toEqual(['0:29', 'half a minute']);
    page.passTo(page.now + 75_000);
    expect([clock.textContent, status.textContent, shown]).toEqual(['0:00', 'over', ['hidden']]);
    expect([page.replaced, page.delays]).toEqual([['/pay/1'], [2_000]]);
  });
});
