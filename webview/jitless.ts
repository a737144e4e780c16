import * as z from 'zod';

// The compiler of zod needs `new Function`, which the page's policy forbids. Imported before anything that checks something.
z.config({ jitless: true });
