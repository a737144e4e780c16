import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Job } from '../../daemon/protocol/entities.ts';
import { plural } from '../../daemon/client/text.ts';
import type { Services } from '../platform/services.ts';
import { recordOf } from './arguments.ts';
import type { Command } from './command.ts';
import { Dismissed } from './failures/refusal.ts';
import { exportFileName, exportFormats, type ExportFormat } from './jobs/exports.ts';
import { jobFits } from './jobs/jobFits.ts';
import { jobsFor } from './jobs/pickJobs.ts';
import { forEachJob } from './jobs/steer.ts';
import { askOnce } from './ui/steps.ts';
import { quoted } from './words.ts';

const title = 'Export Job';

/** Writes reports of jobs: one to a file that is then opened, several into a folder. A program may pass `{format}`. */
export const exportJob: Command = {
  id: 'ombudsman.exportJob',
  needs: 'daemon',
  async run(services, ...args) {
    const choice = { ...jobFits.any, title, none: 'There are no jobs to export yet.', unfit: '' };
    const jobs = await jobsFor(services, args, choice);
    const wanted = recordOf(args, 1)?.['format'];
    const format =
      exportFormats.find(({ name }) => name === wanted) ??
      (await askOnce(title, (ask) =>
        ask.pick({
          placeholder: 'Select a format',
          items: exportFormats.map((each) => ({
            label: each.label,
            description: `.${each.extension}`,
            detail: each.detail,
            value: each,
          })),
        }),
      ));
    const [only] = jobs;
    if (jobs.length === 1 && only !== undefined) await exportOne(services, only, format);
    else await exportMany(services, jobs, format);
  },
};

async function exportOne(services: Services, job: Job, format: ExportFormat): Promise<void> {
  const uri = await vscode.window.showSaveDialog({
    title: `Export ${quoted(job.job_name)}`,
    defaultUri: vscode.Uri.joinPath(startFolder(), exportFileName(job, format)),
    filters: { [format.label]: [format.extension] },
  });
  if (uri === undefined) throw new Dismissed();
  await forEachJob(services, [job], { title, done: 'Exported', participle: 'exported' }, () =>
    write(services, job, format, uri),
  );
  if (format.name === 'html') await offerBrowser(services, uri);
  else await vscode.window.showTextDocument(uri);
}

async function exportMany(services: Services, jobs: readonly Job[], format: ExportFormat): Promise<void> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: `Export ${plural(jobs.length, 'job')} into a folder`,
      openLabel: 'Export Here',
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: startFolder(),
    })) ?? [];
  if (folder === undefined) throw new Dismissed();
  await forEachJob(services, jobs, { title, done: 'Exported', participle: 'exported' }, (job) =>
    write(services, job, format, vscode.Uri.joinPath(folder, exportFileName(job, format))),
  );
}

async function write(services: Services, job: Job, { name }: ExportFormat, uri: vscode.Uri): Promise<void> {
  const { content } = await services.session.call('jobs/export', { job_id: job.job_id, format: name });
  await vscode.workspace.fs.writeFile(uri, Buffer.from(content, 'utf8'));
}

/** A report is to be read in a browser, which this window can only open where both are on one machine. */
async function offerBrowser(services: Services, uri: vscode.Uri): Promise<void> {
  const isLocal = vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
  if (!isLocal) {
    await vscode.window.showTextDocument(uri);
    return;
  }
  services.notices.show({
    severity: 'info',
    message: `Exported to ${uri.fsPath}.`,
    followUps: [
      { title: 'Open in Browser', run: () => vscode.env.openExternal(uri) },
      { title: 'Open as Text', run: () => vscode.window.showTextDocument(uri) },
    ],
  });
}

function startFolder(): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder?.scheme === 'file' ? folder : vscode.Uri.file(homedir());
}
