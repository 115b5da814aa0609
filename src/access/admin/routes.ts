import { createRoute, z } from '@hono/zod-openapi';
import { AppError } from '../../lib/app-error.ts';
import { jsonResponse, newRouter, problemResponse } from '../../lib/router.ts';
import { ROLES } from '../../lib/who.ts';
import type { Access } from '../contract.ts';
import type { Admin } from './admin.ts';

const login = z.string().min(1).max(200);
const role = z.enum(ROLES);
const instant = z.int().meta({ description: 'UTC epoch milliseconds' });
const problem = z.object({
  file: z.string(),
  line: z.int(),
  key: z.string(),
  code: z.string(),
  message: z.string(),
  suggestion: z.string().optional(),
});
const setting = z.object({
  key: z.string(),
  value: z.string(),
  state: z.enum(['set', 'hidden', 'missing']),
});
const jobCounts = z.object({
  kind: z.string(),
  waiting: z.int(),
  running: z.int(),
  dead: z.int(),
  oldestDueAt: instant.nullable(),
});
const deadJob = z.object({
  id: z.string(),
  kind: z.string(),
  key: z.string().nullable(),
  attempts: z.int(),
  reason: z.string(),
  failedAt: instant,
});
const auditRow = z.object({
  seq: z.int(),
  at: instant,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
const overview = z.object({
  databaseAnswers: z.boolean(),
  services: z.object({
    total: z.int(),
    notWell: z.array(
      z.object({
        id: z.string(),
        name: z.partialRecord(z.enum(['en', 'fa', 'ar', 'ru']), z.string()),
        state: z.string(),
        since: instant,
      }),
    ),
  }),
  jobs: z.object({
    waiting: z.int(),
    running: z.int(),
    dead: z.int(),
    oldestDueAt: instant.optional(),
  }),
  automatic: z.object({ count: z.int(), last: z.array(auditRow) }),
  problems: z.array(problem),
});
const person = z.object({
  login: z.string(),
  name: z.string().optional(),
  roles: z.array(role),
  teams: z.array(z.string()),
  hasSecondFactor: z.boolean(),
  lastSignIn: instant.optional(),
});
const session = z.object({
  id: z.string(),
  login: z.string(),
  name: z.string(),
  ip: z.string(),
  userAgent: z.string(),
  since: instant,
  until: instant,
});

const failures = {
  401: problemResponse('Nobody is signed in'),
  403: problemResponse('Only for admins'),
};
const changed = jsonResponse(z.object({ changed: z.boolean() }), 'Whether anything was different before');

const get = <S extends z.ZodType>(path: string, summary: string, schema: S) =>
  createRoute({
    method: 'get',
    path,
    tags: ['admin'],
    summary,
    responses: { 200: jsonResponse(schema, summary), ...failures },
  });

const roleRoute = (method: 'put' | 'delete', summary: string) =>
  createRoute({
    method,
    path: '/people/{login}/roles/{role}',
    tags: ['admin'],
    summary,
    request: { params: z.object({ login, role }) },
    responses: {
      200: changed,
      ...failures,
      404: problemResponse('The directory has no such person'),
      409: problemResponse('The last admin stays'),
    },
  });

const byId = (method: 'post' | 'delete', path: string, summary: string) =>
  createRoute({
    method,
    path,
    tags: ['admin'],
    summary,
    request: { params: z.object({ id: z.string().max(100) }) },
    responses: { 200: changed, ...failures, 404: problemResponse('Nothing has this id any more') },
  });

/** The admin pages as an API; what may be seen and done is decided behind it. */
export function adminRoutes(admin: Admin, access: Access) {
  const router = newRouter();
  router.openapi(get('/overview', 'What is up, what waits, what was done', overview), async (c) => {
    const seen = await admin.overview(c.var.who);
    return c.json(
      {
        ...seen,
        services: {
          total: seen.services.total,
          notWell: seen.services.notWell.map((service) => ({ ...service })),
        },
        automatic: { count: seen.automatic.count, last: [...seen.automatic.last] },
        problems: [...seen.problems],
      },
      200,
    );
  });
  router.openapi(get('/problems', 'Mistakes in configuration and content', z.array(problem)), (c) =>
    c.json([...admin.problems(c.var.who)], 200),
  );
  const config = z.object({ environment: z.array(setting), organisation: z.array(setting) });
  router.openapi(get('/configuration', 'The configuration as it stands, without secrets', config), (c) => {
    const view = admin.configuration(c.var.who);
    return c.json({ environment: [...view.environment], organisation: [...view.organisation] }, 200);
  });
  jobRoutes(router, admin);
  peopleRoutes(router, access);
  return router;
}

type Router = ReturnType<typeof newRouter>;

function jobRoutes(router: Router, admin: Admin): void {
  const jobs = z.object({ counts: z.array(jobCounts), dead: z.array(deadJob) });
  router.openapi(get('/jobs', 'Jobs by kind, and the dead letters', jobs), async (c) => {
    const { counts, dead } = await admin.jobs(c.var.who);
    return c.json({ counts: [...counts], dead: [...dead] }, 200);
  });
  router.openapi(byId('post', '/jobs/{id}/retry', 'Runs a dead letter again'), async (c) => {
    if (!(await admin.retryJob(c.var.who, c.req.valid('param').id))) throw gone();
    return c.json({ changed: true }, 200);
  });
}

function peopleRoutes(router: Router, access: Access): void {
  router.openapi(get('/people', 'People with roles or sign-ins', z.array(person)), async (c) => {
    const rows = await access.people(c.var.who);
    return c.json(
      rows.map((row) => ({ ...row, roles: [...row.roles], teams: [...row.teams] })),
      200,
    );
  });
  router.openapi(roleRoute('put', 'Gives a role'), async (c) => {
    const { login, role } = c.req.valid('param');
    return c.json({ changed: await access.grant(c.var.who, login, role) }, 200);
  });
  router.openapi(roleRoute('delete', 'Takes a role away'), async (c) => {
    const { login, role } = c.req.valid('param');
    return c.json({ changed: await access.revoke(c.var.who, login, role) }, 200);
  });
  router.openapi(get('/sessions', 'Everybody who is signed in', z.array(session)), async (c) =>
    c.json([...(await access.sessions(c.var.who))], 200),
  );
  router.openapi(byId('delete', '/sessions/{id}', 'Ends a session'), async (c) => {
    if (!(await access.endSession(c.var.who, c.req.valid('param').id))) throw gone();
    return c.json({ changed: true }, 200);
  });
}

const gone = (): AppError => new AppError('access.gone', { status: 404 });
