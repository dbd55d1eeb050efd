"""The measured calls of MyApi in Flask, as the docs of Flask, Flask-SQLAlchemy and Flask-JWT-Extended have them."""

import os
from datetime import datetime, timedelta, timezone

from flask import Flask, abort, jsonify, request
from flask_jwt_extended import JWTManager, create_access_token, create_refresh_token, get_jwt_identity, jwt_required
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, event, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import QueuePool
from werkzeug.exceptions import HTTPException
from werkzeug.security import check_password_hash, generate_password_hash

URL = os.environ["DATABASE_URL"]
SQLITE = URL.startswith("sqlite:")

app = Flask(__name__)
app.url_map.strict_slashes = False
app.config["SQLALCHEMY_DATABASE_URI"] = URL
app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
app.config["JWT_ACCESS_TOKEN_EXPIRES"] = timedelta(minutes=15)
app.config["JWT_REFRESH_TOKEN_EXPIRES"] = timedelta(days=30)
if SQLITE:
    # The pool that SQLAlchemy 2 has by default; 1.4 opens a file anew for each request.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"poolclass": QueuePool, "connect_args": {"check_same_thread": False, "timeout": 10}}

db = SQLAlchemy(app)
jwt = JWTManager(app)


@event.listens_for(Engine, "connect")
def set_up(connection, record):
    if SQLITE:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()


def now():
    return datetime.now(timezone.utc).replace(tzinfo=None) if SQLITE else datetime.now(timezone.utc)


def rfc3339(time):
    return time.replace(tzinfo=None).isoformat() + "Z"


class User(db.Model):
    __tablename__ = "users"
    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(80), unique=True, nullable=False)
    email = db.Column(db.String(254), unique=True, nullable=False)
    password_hash = db.Column(db.String(256), nullable=False)
    role = db.Column(db.String(20), nullable=False, default="user")
    created_at = db.Column(DateTime(timezone=True), nullable=False, default=now)

    def to_dict(self, private=False):
        answer = {"id": self.id, "username": self.username, "created_at": rfc3339(self.created_at)}
        if private:
            answer["email"] = self.email
        return answer


class Post(db.Model):
    __tablename__ = "posts"
    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(200), nullable=False)
    body = db.Column(db.Text, nullable=False)
    user_id = db.Column(db.ForeignKey("users.id"), nullable=False)
    created_at = db.Column(DateTime(timezone=True), nullable=False, default=now)
    updated_at = db.Column(DateTime(timezone=True), nullable=False, onupdate=now)

    def to_dict(self):
        return {"id": self.id, "title": self.title, "body": self.body, "user_id": self.user_id,
                "created_at": rfc3339(self.created_at), "updated_at": rfc3339(self.updated_at)}


@app.errorhandler(HTTPException)
def http_error(error):
    return jsonify(error=error.name, message=error.description, status=error.code), error.code


@jwt.invalid_token_loader
@jwt.unauthorized_loader
def not_authenticated(reason):
    return jsonify(error="Unauthorized", message=reason, status=401), 401, {"WWW-Authenticate": "Bearer"}


def given(*names):
    data = request.get_json()
    if not isinstance(data, dict) or not all(isinstance(data.get(name), str) and data[name] for name in names):
        abort(400, description=f"{', '.join(names)} required")
    return [data[name] for name in names]


def listing(name, model, path):
    page = db.paginate(select(model).order_by(model.created_at.desc(), model.id.desc()), per_page=request.args.get("limit", 20, type=int), max_per_page=100)
    links = [("first", 1)] + [("prev", page.prev_num)] * page.has_prev + [("next", page.next_num)] * page.has_next + [("last", page.pages)]
    answer = jsonify({name: [row.to_dict() for row in page.items], "total": page.total, "page": page.page, "pages": page.pages})
    answer.headers["Link"] = ", ".join(f'<{path}?page={number}&limit={page.per_page}>; rel="{rel}"' for rel, number in links)
    return answer


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/users")
def list_users():
    return listing("users", User, "/users")


@app.get("/users/<int:user_id>")
def get_user(user_id):
    return db.get_or_404(User, user_id, description=f"User {user_id} not found").to_dict()


@app.get("/posts")
def list_posts():
    after = request.args.get("after")
    if after is None:
        return listing("posts", Post, "/posts")
    limit = min(request.args.get("limit", 20, type=int), 100)
    query = select(Post).order_by(Post.created_at.desc(), Post.id.desc()).limit(limit + 1)
    if after:
        time, number = after.split("_")
        time = datetime.fromisoformat(time.rstrip("Z")).replace(tzinfo=None if SQLITE else timezone.utc)
        query = query.where((Post.created_at < time) | ((Post.created_at == time) & (Post.id < int(number))))
    rows = db.session.execute(query).scalars().all()
    last = rows[limit - 1] if len(rows) > limit else None
    return {"posts": [post.to_dict() for post in rows[:limit]], "next": f"{rfc3339(last.created_at)}_{last.id}" if last else None}


@app.post("/posts")
@jwt_required()
def create_post():
    title, body = given("title", "body")
    if len(title) > 200 or len(body) > 65_536:
        abort(400, description="title or body too long")
    time = now()
    post = Post(title=title, body=body, user_id=int(get_jwt_identity()), created_at=time, updated_at=time)
    db.session.add(post)
    db.session.commit()
    return post.to_dict(), 201, {"Location": f"/posts/{post.id}"}


@app.post("/auth/register")
def register():
    username, email, password = given("username", "email", "password")
    user = User(username=username, email=email.lower(), password_hash=generate_password_hash(password, method="pbkdf2:sha512:210000"))
    db.session.add(user)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        abort(409, description="Username or email taken")
    return user.to_dict(private=True), 201, {"Location": f"/users/{user.id}"}


@app.post("/auth/login")
def login():
    email, password = given("email", "password")
    user = db.session.execute(select(User).filter_by(email=email.lower())).scalar_one_or_none()
    if user is None or not check_password_hash(user.password_hash, password):
        abort(401, description="Invalid credentials")
    identity = str(user.id)
    return {"access_token": create_access_token(identity=identity), "refresh_token": create_refresh_token(identity=identity), "token_type": "Bearer", "expires_in": 900}


@app.get("/auth/me")
@jwt_required()
def me():
    user = db.session.get(User, int(get_jwt_identity()))
    return user.to_dict(private=True) if user else abort(401)
