export interface PageParts {
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly styleUri: string;
}

/**
 * SHA-256 of nothing: a style element without a word in it. The toolkit makes one at its start to ask whether the browser knows
 * :focus-visible; were it refused, the page would begin with an error and buttons pressed with a mouse would show a focus ring.
 */
const emptyStyle = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/**
 * The page: nothing in it but references to our own two files. No inline script or style, no network, no frame; pictures of our
 * own as data only for the small icons of the style sheet.
 */
export function dashboardHtml({ cspSource, scriptUri, styleUri }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src ${cspSource}`,
    `style-src ${cspSource} ${emptyStyle}`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${styleUri}" />
    <title>Ombudsman</title>
  </head>
  <body>
    <div id="root"></div>
    <script type="module" src="${scriptUri}"></script>
  </body>
</html>
`;
}
