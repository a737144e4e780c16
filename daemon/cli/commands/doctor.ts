import type { Command } from 'commander';
import { globalOptions, printJson, type CliContext, type Format } from '../context.ts';
import { checkNode, usesPackagedNode, type Finding } from '../../client/doctor.ts';
import { checkConnections, checkDaemon, checkDirectory } from '../doctor.ts';
import { exitCodes } from '../exitCodes.ts';
import { projectFolder } from '../oneOff.ts';
import { formatOption } from '../options.ts';
import type { Session } from '../session.ts';
import type { Output } from '../terminal.ts';

interface DoctorOptions {
  readonly project?: string;
  readonly format: Format;
}

/** `ombudsman doctor`: Node, data directory, daemon, every connection of the project; exit code 1 if anything must be mended. */
export function addDoctorCommand(program: Command, context: CliContext): void {
  const command = program
    .command('doctor')
    .description(
      'check Node, the data directory, the daemon and every connection, and say how to mend what is wrong',
    )
    .option(
      '-C, --project <dir>',
      'folder of the project; default: the nearest ombudsman.yaml at or above this folder',
    )
    .addOption(formatOption());
  command.action(async (options: DoctorOptions) => {
    const { dataDir } = globalOptions(command);
    const dir = await projectFolder(context, options.project);
    const findings: Finding[] = [];
    const add = (finding: Finding) => {
      findings.push(finding);
      if (options.format === 'human') printFinding(finding, context.terminal.out);
    };
    add(checkNode(process.versions.node, usesPackagedNode()));
    for (const finding of await checkDirectory(dataDir)) add(finding);
    const { finding, session } = await checkDaemon(dataDir);
    add(finding);
    if (session !== null) await checkProject(session, dir, add);
    if (options.format === 'json') printJson(context, { ok: isHealthy(findings), findings });
    context.exitCode = isHealthy(findings) ? exitCodes.completed : exitCodes.failed;
  });
}

async function checkProject(
  session: Session,
  dir: string | null,
  add: (finding: Finding) => void,
): Promise<void> {
  try {
    for (const finding of await checkConnections(session, dir)) add(finding);
  } finally {
    session.close();
  }
}

function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every((finding) => finding.level !== 'error');
}

function printFinding(finding: Finding, output: Output): void {
  const { colors } = output;
  const mark = { ok: colors.green('✔'), warning: colors.yellow('!'), error: colors.red('✖') }[finding.level];
  output.write(`${mark} ${colors.bold(finding.what)}: ${finding.message}\n`);
  if (finding.mend !== undefined) output.write(`    ${colors.cyan('mend:')} ${finding.mend}\n`);
}
