/** The feed ends because this process stops; whoever follows goes on elsewhere from his last cursor. */
export class FeedClosed extends Error {
  constructor() {
    super('This process is stopping; subscribe again with the last cursor.');
    this.name = 'FeedClosed';
  }
}
