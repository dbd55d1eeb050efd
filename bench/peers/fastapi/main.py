"""The measured calls of MyApi in FastAPI, as its tutorial has them: SQLAlchemy sessions by Depends, pydantic models in and out."""

import os
from datetime import datetime, timedelta
from typing import List, Optional

import jwt
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import OAuth2PasswordBearer
from passlib.context import CryptContext
from pydantic import BaseModel, Field
from sqlalchemy import Column, DateTime, ForeignKey, Integer, String, Text, create_engine, event, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, declarative_base, sessionmaker
from sqlalchemy.pool import QueuePool
from starlette.exceptions import HTTPException as StarletteHTTPException

SECRET = os.environ["JWT_SECRET_KEY"]
# The pool that SQLAlchemy 2 has by default; 1.4 opens a file anew for each request.
engine = create_engine(os.environ["DATABASE_URL"], poolclass=QueuePool, pool_size=20, max_overflow=20, connect_args={"check_same_thread": False, "timeout": 10})
SessionLocal = sessionmaker(autocommit=False, autoflush=False, bind=engine)
Base = declarative_base()
passwords = CryptContext(schemes=["pbkdf2_sha512"], pbkdf2_sha512__default_rounds=210_000)
bearer = OAuth2PasswordBearer(tokenUrl="/auth/login")
app = FastAPI()


@event.listens_for(engine, "connect")
def set_up(connection, record):
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    username = Column(String(80), unique=True, nullable=False)
    email = Column(String(254), unique=True, nullable=False)
    password_hash = Column(String(256), nullable=False)
    role = Column(String(20), nullable=False, default="user")
    created_at = Column(DateTime, nullable=False, default=datetime.utcnow)


class Post(Base):
    __tablename__ = "posts"
    id = Column(Integer, primary_key=True)
    title = Column(String(200), nullable=False)
    body = Column(Text, nullable=False)
    user_id = Column(ForeignKey("users.id"), nullable=False)
    created_at = Column(DateTime, nullable=False)
    updated_at = Column(DateTime, nullable=False)


class Row(BaseModel):
    class Config:
        orm_mode = True
        json_encoders = {datetime: lambda time: time.isoformat() + "Z"}


class UserOut(Row):
    id: int
    username: str
    created_at: datetime


class Account(UserOut):
    email: str


class PostOut(Row):
    id: int
    title: str
    body: str
    user_id: int
    created_at: datetime
    updated_at: datetime


class UserPage(Row):
    users: List[UserOut]
    total: int
    page: int
    pages: int


class PostPage(Row):
    posts: List[PostOut]
    total: Optional[int]
    page: Optional[int]
    pages: Optional[int]
    next: Optional[str]


class PostIn(BaseModel):
    title: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=65_536)


class RegisterIn(BaseModel):
    username: str = Field(min_length=1, max_length=80)
    email: str = Field(min_length=3, max_length=254)
    password: str = Field(min_length=8, max_length=128)


class LoginIn(BaseModel):
    email: str
    password: str


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


def get_current_user(token: str = Depends(bearer), db: Session = Depends(get_db)):
    try:
        claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    except jwt.PyJWTError:
        raise HTTPException(401, "Could not validate credentials", headers={"WWW-Authenticate": "Bearer"})
    user = db.get(User, int(claims["sub"])) if claims.get("type") == "access" else None
    if user is None:
        raise HTTPException(401, "Could not validate credentials", headers={"WWW-Authenticate": "Bearer"})
    return user


@app.exception_handler(StarletteHTTPException)
async def http_error(request: Request, error: StarletteHTTPException):
    return JSONResponse({"error": "Error", "message": error.detail, "status": error.status_code}, error.status_code, headers=getattr(error, "headers", None))


@app.exception_handler(RequestValidationError)
async def invalid(request: Request, error: RequestValidationError):
    return JSONResponse({"error": "Bad Request", "message": str(error), "status": 400}, 400)


def newest(model):
    return select(model).order_by(model.created_at.desc(), model.id.desc())


def listing(db, response, model, path, page, limit):
    total = db.execute(select(func.count()).select_from(model)).scalar_one()
    rows = db.execute(newest(model).offset((page - 1) * limit).limit(limit)).scalars().all()
    pages = -(-total // limit)
    links = [("first", 1)] + [("prev", page - 1)] * (page > 1) + [("next", page + 1)] * (page < pages) + [("last", pages)]
    response.headers["Link"] = ", ".join(f'<{path}?page={number}&limit={limit}>; rel="{rel}"' for rel, number in links)
    return rows, {"total": total, "page": page, "pages": pages}


@app.get("/healthz")
async def healthz():
    return {"status": "ok"}


@app.get("/users", response_model=UserPage)
def list_users(response: Response, page: int = Query(1, ge=1), limit: int = Query(20, ge=1, le=100), db: Session = Depends(get_db)):
    rows, counts = listing(db, response, User, "/users", page, limit)
    return {"users": rows, **counts}


@app.get("/users/{user_id}", response_model=UserOut)
def get_user(user_id: int, db: Session = Depends(get_db)):
    user = db.get(User, user_id)
    if user is None:
        raise HTTPException(404, f"User {user_id} not found")
    return user


@app.get("/posts", response_model=PostPage, response_model_exclude_unset=True)
def list_posts(response: Response, page: int = Query(1, ge=1), limit: int = Query(20, ge=1, le=100), after: Optional[str] = None, db: Session = Depends(get_db)):
    if after is None:
        rows, counts = listing(db, response, Post, "/posts", page, limit)
        return {"posts": rows, **counts}
    query = newest(Post).limit(limit + 1)
    if after:
        text, number = after.split("_")
        time = datetime.fromisoformat(text)
        query = query.where((Post.created_at < time) | ((Post.created_at == time) & (Post.id < int(number))))
    rows = db.execute(query).scalars().all()
    last = rows[limit - 1] if len(rows) > limit else None
    return {"posts": rows[:limit], "next": f"{last.created_at.isoformat()}_{last.id}" if last else None}


@app.post("/posts", response_model=PostOut, status_code=201)
def create_post(post: PostIn, response: Response, user: User = Depends(get_current_user), db: Session = Depends(get_db)):
    now = datetime.utcnow()
    row = Post(**post.dict(), user_id=user.id, created_at=now, updated_at=now)
    db.add(row)
    db.commit()
    db.refresh(row)
    response.headers["Location"] = f"/posts/{row.id}"
    return row


@app.post("/auth/register", response_model=Account, status_code=201)
def register(account: RegisterIn, response: Response, db: Session = Depends(get_db)):
    user = User(username=account.username, email=account.email.lower(), password_hash=passwords.hash(account.password))
    db.add(user)
    try:
        db.commit()
    except IntegrityError:
        raise HTTPException(409, "Username or email taken")
    db.refresh(user)
    response.headers["Location"] = f"/users/{user.id}"
    return user


def token(user, kind, life):
    return jwt.encode({"sub": str(user.id), "type": kind, "exp": datetime.utcnow() + life}, SECRET, algorithm="HS256")


@app.post("/auth/login")
def login(credentials: LoginIn, db: Session = Depends(get_db)):
    user = db.execute(select(User).filter_by(email=credentials.email.lower())).scalar_one_or_none()
    if user is None or not passwords.verify(credentials.password, user.password_hash):
        raise HTTPException(401, "Incorrect email or password")
    return {"access_token": token(user, "access", timedelta(minutes=15)), "refresh_token": token(user, "refresh", timedelta(days=30)), "token_type": "Bearer", "expires_in": 900}


@app.get("/auth/me", response_model=Account)
def me(user: User = Depends(get_current_user)):
    return user
