import { createHash } from 'node:crypto';
import type { PaymentMethod } from '../kernel/db/generated/prisma/enums.ts';
import type { Channel } from '../shops/model.ts';
import { channelPlates, drawPlate, methodPlates, type Plate } from './pages/plates.ts';

/** Every picture, by its place below the version: `channels/ipko.png`. */
export const platesByPlace: ReadonlyMap<string, Plate> = new Map([
  ...Object.entries(methodPlates).map(([method, plate]) => [placeOfMethod(method), plate] as const),
  ...Object.entries(channelPlates).map(([channel, plate]) => [placeOfChannel(channel), plate] as const),
]);

/** Another whenever a picture is drawn otherwise, so that an address always gives the same picture. */
export const pictureVersion = createHash('sha256')
  .update([...platesByPlace.values()].map(drawPlate).join(''))
  .digest('hex')
  .slice(0, 8);

/** The absolute address of the picture of a method: a PNG of 192 by 96 pixels. */
export function methodPicture(publicUrl: string, method: PaymentMethod): string {
  return `${publicUrl}/pictures/${pictureVersion}/${placeOfMethod(method)}`;
}

/** The absolute address of the picture of a channel: a PNG of 192 by 96 pixels. */
export function channelPicture(publicUrl: string, channel: Channel): string {
  return `${publicUrl}/pictures/${pictureVersion}/${placeOfChannel(channel)}`;
}

function placeOfMethod(method: string): string {
  return `methods/${method.toLowerCase()}.png`;
}

function placeOfChannel(channel: string): string {
  return `channels/${channel}.png`;
}
