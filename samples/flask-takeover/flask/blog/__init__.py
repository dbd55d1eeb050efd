"""A small Flask API of the usual parts: the one that docs/move-from-flask.md takes over."""
import os

from flask import Flask, jsonify
from flask_jwt_extended import JWTManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from werkzeug.exceptions import HTTPException

db = SQLAlchemy()
jwt = JWTManager()
migrate = Migrate()


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
    app.config["JWT_SECRET_KEY"] = os.environ["JWT_SECRET_KEY"]
    db.init_app(app)
    jwt.init_app(app)
    migrate.init_app(app, db)

    from blog import models  # noqa: F401  (Alembic finds the tables by it)
    from blog.auth import auth
    from blog.posts import posts
    from blog.users import users

    app.register_blueprint(auth, url_prefix="/auth")
    app.register_blueprint(users, url_prefix="/users")
    app.register_blueprint(posts, url_prefix="/posts")

    @app.errorhandler(HTTPException)
    def http_error(error):
        return jsonify(error=error.name, message=error.description, status=error.code), error.code

    return app
