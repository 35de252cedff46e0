import { describeEveryPage } from './support/describe-every-page.ts';

describeEveryPage('pl');
