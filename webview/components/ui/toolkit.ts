import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';

/**
 * Works under a policy without inline styles: the toolkit styles itself with constructed sheets. Its one probe with an empty
 * <style> element (does the browser know :focus-visible?) is let through by the hash of nothing in extension/dashboard/html.ts.
 *
 * The elements of the toolkit that the files beside this one wrap; nothing else names them.
 */
provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeProgressRing(),
  vsCodeTextField(),
);
