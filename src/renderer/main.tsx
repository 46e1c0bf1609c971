/** Starts the window: link to the node, store, theme, page. */
import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { browserStreamPorts, startEventStream } from './client/eventStream.ts';
import { CrashScreen } from './components/CrashScreen.tsx';
import './mantineStyles.ts';
import { farmStore, mirrorListener } from './store/farmStore.ts';
import { theme, variablesResolver } from './theme.ts';
import './theme.css';
import { App } from './views/App.tsx';

const stream = startEventStream(
  browserStreamPorts,
  mirrorListener(farmStore, () => Date.now()),
);
const root = document.createElement('div');
document.body.append(root);
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variablesResolver} defaultColorScheme="auto">
      <CrashScreen>
        <App
          onRetry={() => {
            stream.retryNow();
          }}
        />
      </CrashScreen>
    </MantineProvider>
  </StrictMode>,
);
