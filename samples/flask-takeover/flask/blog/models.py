from datetime import datetime

from blog import db


def now():
    return datetime.utcnow().replace(microsecond=0)


class User(db.Model):
    __tablename__ = "users"

    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(80), unique=True, nullable=False)
    email = db.Column(db.String(120), unique=True, nullable=False)
    password = db.Column(db.String(256), nullable=False)
    is_admin = db.Column(db.Boolean, nullable=False, default=False)
    created_at = db.Column(db.DateTime, default=now)

    posts = db.relationship("Post", back_populates="author", lazy="dynamic", cascade="all, delete")

    def to_dict(self):
        return {"id": self.id, "username": self.username, "email": self.email, "is_admin": self.is_admin, "created_at": stamp(self.created_at)}


class Post(db.Model):
    __tablename__ = "posts"

    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(200), nullable=False)
    body = db.Column(db.Text, nullable=False)
    user_id = db.Column(db.Integer, db.ForeignKey("users.id"), nullable=False)
    created_at = db.Column(db.DateTime, default=now)

    author = db.relationship("User", back_populates="posts")

    def to_dict(self):
        return {"id": self.id, "title": self.title, "body": self.body, "user_id": self.user_id, "created_at": stamp(self.created_at)}


def stamp(time):
    return time.isoformat(timespec="microseconds") + "Z"
