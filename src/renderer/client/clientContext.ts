/** Gives every component the client of the page; a test hands in its own by the provider. */
import { createContext, use } from 'react';
import { createBrowserClient, type FarmClient } from './farmClient.ts';

const ClientContext = createContext<FarmClient>(createBrowserClient());

export const FarmClientProvider = ClientContext.Provider;

export function useFarmClient(): FarmClient {
  return use(ClientContext);
}
