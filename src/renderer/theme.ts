/** The look handed to Mantine: ink on paper. Colour is kept for states, so buttons are ink, not a hue. */
import { createTheme, type CSSVariablesResolver, defaultVariantColorsResolver } from '@mantine/core';

/** Colours live in `theme.css` as `--r3-…`, once per scheme; Mantine's own names point there. */
const surfaceVariables: Readonly<Record<string, string>> = {
  '--mantine-color-body': 'var(--r3-surface)',
  '--mantine-color-text': 'var(--r3-ink)',
  '--mantine-color-bright': 'var(--r3-ink)',
  '--mantine-color-dimmed': 'var(--r3-muted)',
  '--mantine-color-placeholder': 'var(--r3-muted)',
  '--mantine-color-error': 'var(--r3-danger)',
  '--mantine-color-default': 'var(--r3-surface)',
  '--mantine-color-default-hover': 'var(--r3-hover)',
  '--mantine-color-default-color': 'var(--r3-ink)',
  '--mantine-color-default-border': 'var(--r3-line-strong)',
  '--mantine-primary-color-filled': 'var(--r3-focus)',
};

export const variablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...surfaceVariables },
  dark: { ...surfaceVariables },
});

/** Mantine's neutral scales in the tones of `theme.css`: borders of fields have 3:1 against what is around them. */
const gray = [
  '#f7f7f4',
  '#f2f2ee',
  '#e6e6e0',
  '#dcdcd5',
  '#83888d',
  '#737980',
  '#565d64',
  '#40474e',
  '#2b3137',
  '#1b1f23',
] as const;
const dark = [
  '#e7e9eb',
  '#c9cdd1',
  '#a2aab2',
  '#88919a',
  '#6f7880',
  '#2e343a',
  '#171a1e',
  '#1b1f23',
  '#171a1e',
  '#131619',
] as const;

export const theme = createTheme({
  colors: { gray, dark },
  fontFamily: 'system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  defaultRadius: '6px',
  respectReducedMotion: true,
  cursorType: 'pointer',
  variantColorResolver(input) {
    if (input.variant === 'filled' && input.color !== 'red') {
      return {
        background: 'var(--r3-ink)',
        hover: 'var(--r3-ink-hover)',
        color: 'var(--r3-surface)',
        border: '1px solid transparent',
      };
    }
    if (input.variant === 'filled') {
      return {
        background: 'var(--r3-danger-fill)',
        hover: 'var(--r3-danger-fill-hover)',
        color: '#fff',
        border: '1px solid transparent',
      };
    }
    if (input.variant === 'subtle') {
      return {
        background: 'transparent',
        hover: 'var(--r3-hover)',
        color: 'var(--r3-ink)',
        border: '1px solid transparent',
      };
    }
    return defaultVariantColorsResolver(input);
  },
  components: {
    Button: { defaultProps: { size: 'xs', variant: 'filled' } },
    InputWrapper: { defaultProps: { withAsterisk: false } },
    Modal: { defaultProps: { centered: false, yOffset: '8vh', radius: '8px' } },
  },
});
