import { describeEveryPage } from './support/describe-every-page.ts';

describeEveryPage('en');
