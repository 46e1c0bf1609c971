/** Puts what the farm survives into two sentences and a tone. */
import { text } from '../format/text.ts';
import type { Resilience } from '../store/resilience.ts';

export interface ResilienceText {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly title: string;
  readonly detail: string;
}

export function describeResilience(resilience: Resilience): ResilienceText {
  switch (resilience.kind) {
    case 'alone':
      return {
        tone: 'warn',
        title: text('cluster.survive.alone.title'),
        detail: text('cluster.survive.alone.text'),
      };
    case 'pair':
      return {
        tone: 'warn',
        title: text('cluster.survive.pair.title'),
        detail: text('cluster.survive.pair.text'),
      };
    case 'whole': {
      const { voters, majority, mayFail, allHeard } = resilience;
      return {
        tone: 'good',
        title: text(mayFail === 1 ? 'cluster.survive.ok.title.one' : 'cluster.survive.ok.title.many', {
          count: mayFail,
        }),
        detail: text(allHeard ? 'cluster.survive.ok.text' : 'cluster.survive.ok.textUnheard', {
          voters,
          majority,
        }),
      };
    }
    case 'degraded': {
      const { alive, voters, majority, mayFail } = resilience;
      const silent = resilience.silentNames.join(', ');
      return {
        tone: 'warn',
        title: degradedTitle(mayFail),
        detail: text('cluster.survive.degraded.text', { alive, voters, majority, silent }),
      };
    }
    case 'lost': {
      const { alive, voters, majority } = resilience;
      const silent = resilience.silentNames.join(', ');
      return {
        tone: 'bad',
        title: text('cluster.survive.lost.title'),
        detail: text('cluster.survive.lost.text', { alive, voters, majority, silent }),
      };
    }
  }
}

function degradedTitle(mayFail: number): string {
  if (mayFail === 0) return text('cluster.survive.degraded.title.none');
  if (mayFail === 1) return text('cluster.survive.degraded.title.one');
  return text('cluster.survive.degraded.title.many', { count: mayFail });
}
