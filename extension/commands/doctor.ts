import * as vscode from 'vscode';
import { openDoctor } from '../contributions/documents/openDocument.ts';
import type { Command } from './command.ts';
import { examine } from './doctor/examine.ts';
import { doctorReport } from './doctor/report.ts';

/** Looks at everything a job needs and opens what was found. In Restricted Mode too, where nothing is started. */
export const doctor: Command = {
  id: 'ombudsman.doctor',
  needs: 'nothing',
  async run(services) {
    const location = vscode.ProgressLocation.Window;
    const sections = await vscode.window.withProgress({ location, title: 'Examining' }, () =>
      examine(services),
    );
    await openDoctor(services, doctorReport(sections, new Date()));
  },
};
