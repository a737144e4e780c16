import './jitless.ts';
import { render } from 'preact';
import { App } from './components/app.tsx';
import { start } from './state/app.ts';
import './styles.css';

const root = document.getElementById('root');
if (root !== null) {
  render(<App />, root);
  start();
}
