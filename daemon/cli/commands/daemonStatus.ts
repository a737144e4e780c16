import { plural } from '../../protocol/countText.ts';
import type { Command } from 'commander';
import type { MethodResult } from '../../protocol/methods.ts';
import { printJson, withSession, type CliContext, type Format } from '../context.ts';
import { formatOption } from '../options.ts';
import type { Output } from '../terminal.ts';
import { formatBytes, formatDuration, visible } from '../../client/text.ts';

/** `ombudsman daemon status`: exit code 4 when none runs; never starts one. */
export function addDaemonStatusCommand(daemon: Command, context: CliContext): void {
  const command = daemon
    .command('status')
    .description('say whether the daemon runs, what it does and which limits are in use')
    .addOption(formatOption());
  command.action(async (options: { format: Format }) => {
    await withSession(
      command,
      async ({ client }) => {
        const status = await client.call('daemon/status', {});
        if (options.format === 'json') printJson(context, status);
        else context.terminal.out.write(renderStatus(status, context.terminal.out));
      },
      false,
    );
  });
}

function renderStatus(status: MethodResult<'daemon/status'>, output: Output): string {
  const { colors } = output;
  const line = (name: string, text: string) => `${colors.dim(name.padEnd(11))} ${text}`;
  const engines = status.engines.map(
    (engine) =>
      `${engine.state}${engine.pid === null ? '' : ` (pid ${engine.pid})`}, ${engine.attempts} running, ${engine.restarts} restarts`,
  );
  const limits = status.limits.map(
    (limit) => `${limit.kind} ${visible(limit.name)}: ${limit.in_use} of ${limit.limit} in use`,
  );
  const storage = status.storage.ok ? colors.green('ok') : colors.red(status.storage.message ?? 'failing');
  return [
    line(
      'daemon',
      `${status.status}, pid ${status.pid}, version ${status.version}, up ${formatDuration(status.uptime_ms)}`,
    ),
    line('data', status.data_dir),
    line('storage', storage),
    line(
      'work',
      `${plural(status.live_jobs, 'live job')}, ${plural(status.running_operations, 'operation')} running, ${status.waiting_operations} waiting`,
    ),
    line('clients', String(status.clients)),
    line('memory', formatBytes(status.memory_rss_bytes)),
    ...engines.map((text) => line('engine', text)),
    ...limits.map((text) => line('limit', text)),
    '',
  ].join('\n');
}
