import envPaths from 'env-paths';

/**
 * The folder where an application keeps state of one user: `$XDG_STATE_HOME/<name>` on Linux (which env-paths calls `log`),
 * `~/Library/Application Support/<name>` on macOS, `%LOCALAPPDATA%\<name>\Data` on Windows. Absolute; not created here.
 */
export function perUserStateDir(appName: string): string {
  const paths = envPaths(appName, { suffix: '' });
  return process.platform === 'darwin' || process.platform === 'win32' ? paths.data : paths.log;
}
