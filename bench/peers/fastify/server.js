// The measured calls of MyApi in Fastify with better-sqlite3: schemas in and out, statements prepared once, as their docs have it.
import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import jwt from '@fastify/jwt'
import Database from 'better-sqlite3'
import Fastify from 'fastify'

const db = new Database(process.env.DATABASE_URL.replace('sqlite:///', ''), { timeout: 10_000 })
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
db.pragma('foreign_keys = ON')

const derive = promisify(pbkdf2)
const hashOf = (password, salt) => derive(password, salt, 210_000, 32, 'sha512')
const now = () => new Date().toISOString().replace('T', ' ').replace('Z', '')
const rfc3339 = text => text.replace(' ', 'T') + 'Z'

const text = (least, most) => ({ type: 'string', minLength: least, maxLength: most })
const integer = { type: 'integer' }
const string = { type: 'string' }
const object = properties => ({ type: 'object', properties, required: Object.keys(properties) })
const list = items => ({ type: 'array', items })
const user = object({ id: integer, username: string, created_at: string })
const account = object({ id: integer, username: string, email: string, created_at: string })
const post = object({ id: integer, title: string, body: string, user_id: integer, created_at: string, updated_at: string })
const counts = { total: integer, page: integer, pages: integer }
const posts = { type: 'object', properties: { posts: list(post), ...counts, next: { type: ['string', 'null'] } }, required: ['posts'] }
const paging = {
  type: 'object',
  properties: { page: { ...integer, minimum: 1, default: 1 }, limit: { ...integer, minimum: 1, maximum: 100, default: 20 }, after: string }
}

const sql = {
  user: db.prepare('SELECT id, username, created_at FROM users WHERE id = ?'),
  account: db.prepare('SELECT id, username, email, created_at FROM users WHERE id = ?'),
  login: db.prepare('SELECT id, password_hash FROM users WHERE email = ?'),
  register: db.prepare("INSERT INTO users (username, email, password_hash, role, created_at) VALUES (?, ?, ?, 'user', ?)"),
  countUsers: db.prepare('SELECT count(*) FROM users').pluck(),
  countPosts: db.prepare('SELECT count(*) FROM posts').pluck(),
  users: db.prepare('SELECT id, username, created_at FROM users ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?'),
  posts: db.prepare('SELECT id, title, body, user_id, created_at, updated_at FROM posts ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?'),
  after: db.prepare('SELECT id, title, body, user_id, created_at, updated_at FROM posts WHERE (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?'),
  insert: db.prepare('INSERT INTO posts (title, body, user_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?)')
}

const app = Fastify({ routerOptions: { ignoreTrailingSlash: true } })
app.register(jwt, { secret: process.env.JWT_SECRET_KEY })

class Fault extends Error {
  constructor (statusCode, message) {
    super(message)
    this.statusCode = statusCode
  }
}

app.setErrorHandler((error, request, reply) => {
  const status = error.statusCode ?? 500
  reply.code(status).send({ error: 'Error', message: status < 500 ? error.message : 'An unexpected error occurred.', status })
})

const dated = row => {
  row.created_at = rfc3339(row.created_at)
  if (row.updated_at) row.updated_at = rfc3339(row.updated_at)
  return row
}

const page = (reply, path, name, count, rows, { page, limit }) => {
  const total = count.get()
  const pages = Math.ceil(total / limit)
  const links = [['first', 1]]
  if (page > 1) links.push(['prev', page - 1])
  if (page < pages) links.push(['next', page + 1])
  links.push(['last', pages])
  reply.header('link', links.map(([rel, number]) => `<${path}?page=${number}&limit=${limit}>; rel="${rel}"`).join(', '))
  return { [name]: rows.all(limit, (page - 1) * limit).map(dated), total, page, pages }
}

const signedIn = async request => {
  try {
    await request.jwtVerify()
  } catch {
    throw new Fault(401, 'Not authenticated')
  }
  if (request.user.type !== 'access') throw new Fault(401, 'Not an access token')
}

app.get('/healthz', { schema: { response: { 200: object({ status: string }) } } }, async () => ({ status: 'ok' }))

app.get('/users', { schema: { querystring: paging, response: { 200: object({ users: list(user), ...counts }) } } },
  async (request, reply) => page(reply, '/users', 'users', sql.countUsers, sql.users, request.query))

app.get('/users/:id', { schema: { params: object({ id: integer }), response: { 200: user } } }, async request => {
  const row = sql.user.get(request.params.id)
  if (!row) throw new Fault(404, `User ${request.params.id} not found`)
  return dated(row)
})

app.get('/posts', { schema: { querystring: paging, response: { 200: posts } } }, async (request, reply) => {
  const { after, limit } = request.query
  if (after === undefined) return page(reply, '/posts', 'posts', sql.countPosts, sql.posts, request.query)
  const [time, id] = after ? after.split('_') : ['9999', '0']
  const rows = sql.after.all(time.replace('T', ' '), Number(id), limit + 1)
  const last = rows.length > limit ? rows[limit - 1] : null
  const next = last && `${last.created_at.replace(' ', 'T')}_${last.id}`
  return { posts: rows.slice(0, limit).map(dated), next }
})

app.post('/posts', { onRequest: signedIn, schema: { body: object({ title: text(1, 200), body: text(1, 65_536) }), response: { 201: post } } }, async (request, reply) => {
  const { title, body } = request.body
  const time = now()
  const userId = Number(request.user.sub)
  const { lastInsertRowid: id } = sql.insert.run(title, body, userId, time, time)
  reply.code(201).header('location', `/posts/${id}`)
  return dated({ id, title, body, user_id: userId, created_at: time, updated_at: time })
})

app.post('/auth/register', { schema: { body: object({ username: text(1, 80), email: text(3, 254), password: text(8, 128) }), response: { 201: account } } }, async (request, reply) => {
  const { username, email, password } = request.body
  const salt = randomBytes(16)
  const hash = `${salt.toString('hex')}$${(await hashOf(password, salt)).toString('hex')}`
  const time = now()
  try {
    const { lastInsertRowid: id } = sql.register.run(username, email.toLowerCase(), hash, time)
    reply.code(201).header('location', `/users/${id}`)
    return dated({ id, username, email: email.toLowerCase(), created_at: time })
  } catch (error) {
    if (error.code === 'SQLITE_CONSTRAINT_UNIQUE') throw new Fault(409, 'Username or email taken')
    throw error
  }
})

app.post('/auth/login', { schema: { body: object({ email: string, password: string }) } }, async request => {
  const row = sql.login.get(request.body.email.toLowerCase())
  const [salt, hash] = row ? row.password_hash.split('$') : ['', '']
  if (!row || !timingSafeEqual(await hashOf(request.body.password, Buffer.from(salt, 'hex')), Buffer.from(hash, 'hex'))) throw new Fault(401, 'Invalid credentials')
  const sub = String(row.id)
  return {
    access_token: app.jwt.sign({ sub, type: 'access' }, { expiresIn: '15m' }),
    refresh_token: app.jwt.sign({ sub, type: 'refresh' }, { expiresIn: '30d' }),
    token_type: 'Bearer',
    expires_in: 900
  }
})

app.get('/auth/me', { onRequest: signedIn, schema: { response: { 200: account } } }, async request => {
  const row = sql.account.get(Number(request.user.sub))
  if (!row) throw new Fault(401, 'The account is gone')
  return dated(row)
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
