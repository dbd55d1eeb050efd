from flask import Blueprint, abort, jsonify, request
from flask_jwt_extended import create_access_token, create_refresh_token, get_jwt_identity, jwt_required
from werkzeug.security import check_password_hash, generate_password_hash

from blog import db
from blog.models import User

auth = Blueprint("auth", __name__)


@auth.post("/register")
def register():
    given = request.get_json() or {}
    if not all(given.get(name) for name in ("username", "email", "password")):
        abort(400, "username, email and password are required")
    if User.query.filter((User.email == given["email"]) | (User.username == given["username"])).first():
        abort(409, "There is such an account already")
    user = User(username=given["username"], email=given["email"], password=generate_password_hash(given["password"]))
    db.session.add(user)
    db.session.commit()
    return jsonify(user.to_dict()), 201


@auth.post("/login")
def login():
    given = request.get_json() or {}
    user = User.query.filter_by(email=given.get("email")).first()
    if user is None or not check_password_hash(user.password, given.get("password", "")):
        abort(401, "The address or the password is wrong")
    return jsonify(access_token=create_access_token(str(user.id), fresh=True), refresh_token=create_refresh_token(str(user.id)))


@auth.post("/refresh")
@jwt_required(refresh=True)
def refresh():
    return jsonify(access_token=create_access_token(get_jwt_identity()))


@auth.get("/me")
@jwt_required()
def me():
    return jsonify(db.get_or_404(User, int(get_jwt_identity())).to_dict())
